import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultbox, pair, Playground, type Trace } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const counting = `${pair}
def set_twice():
    api.post("/data/a", body = "1")
    api.post("/data/b", body = "2")
    sleep("20s")
    print("slept to the end")

monitor("at_most_one_set",
    on = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET",
    state = {"seen": []},
    update = lambda state, e: state["seen"].append(e.data["msg"]),
    check = lambda state, e: True if len(state["seen"]) < 2 else "two sets: " + ", ".join(state["seen"]),
)
scenario(set_twice)
`;

test('a violation stops the test where it is, and shows the event, the state before it and how it came about', async () => {
  const {
    ended: { code, stdout },
    trace,
  } = await at.trace(counting);
  expect(stdout).not.toContain('slept to the end');
  expect(stdout).toMatch(/✗ set_twice {2}spec\.star:20:1/);
  expect(stdout).toContain('The monitor "at_most_one_set" was violated: two sets: SET a 1, SET b 2');
  expect(stdout).toContain('Its state before this event: {"seen": ["SET a 1"]}');
  expect(stdout).toMatch(/db +logged level=INFO msg="SET b 2"/);
  expect(stdout).toMatch(/How it came about:[\s\S]*received [0-9]+ bytes from api/);
  expect(code).toBe(1);
  expect(trace.tests[0]!.events.find((e) => e.type === 'violation')?.data).toMatchObject({
    monitor: 'at_most_one_set',
    message: 'two sets: SET a 1, SET b 2',
  });
});

test('the store deleted, check comes to the same violation and the same trace', async () => {
  const { trace } = await at.trace(counting);
  at.removeStore();
  const { code } = await faultbox(at.dir, ['check', trace.run, '--output', 'again.json']);
  const again = JSON.parse(at.read('again.json')) as Trace;
  const essence = ({ name, verdict, reason, assertions, events }: Trace['tests'][number]) => ({
    name,
    verdict,
    reason,
    assertions,
    events,
  });
  expect(again.tests.map(essence).map((t) => ({ ...t, events: t.events.map((e) => ({ ...e, timestamp: '' })) }))).toEqual(
    trace.tests.map(essence).map((t) => ({ ...t, events: t.events.map((e) => ({ ...e, timestamp: '' })) })),
  );
  expect(code).toBe(1);
});

test('each test has a state of its own; a monitor in a list watches only the tests that name it', async () => {
  const { stdout, code } = await at.test(`${pair}
once = monitor("once",
    on = {"type": "stdout", "op": "SET"},
    state = [],
    update = lambda state, e: state + [e.seq],
    check = lambda state, e: len(state) <= 1,
)
def one():
    api.post("/data/a", body = "1")
def two():
    api.post("/data/a", body = "1")
    api.post("/data/a", body = "2")
scenario(one, monitors = [once])
fault_scenario("one_again", scenario = one, monitors = [once])
fault_scenario("two_watched", scenario = two, monitors = [once])
scenario(two)
`);
  expect(stdout).toMatch(/✓ one /);
  expect(stdout).toMatch(/✓ one_again/);
  expect(stdout).toMatch(/✗ two_watched/);
  expect(stdout).toMatch(/✓ two /);
  expect(code).toBe(1);
});

test('a monitor that met no event is vacuous, one that raises is violated', async () => {
  const { stdout, code } = await at.test(
    `${pair}
silent = monitor("silent", on = {"type": "stderr"}, check = lambda e: False)
raising = monitor("raising", on = {"type": "stdout", "service": "db"}, check = lambda e: e.data["nothing"] == 1)
def one():
    api.post("/data/a", body = "1")
fault_scenario("quiet", scenario = one, monitors = [silent])
fault_scenario("loud", scenario = one, monitors = [raising])
`,
    '--strict',
  );
  expect(stdout).toMatch(/✓ quiet .*vacuous: the monitor "silent" met no event/);
  expect(stdout).toMatch(/The monitor "raising" was violated: it raised an error at spec\.star:15:[0-9]+: key "nothing" not in dict/);
  expect(code).toBe(1);
});

test('fault_matrix makes a test of each scenario under each assumption, but for those excluded', async () => {
  const { stdout, code } = await at.test(`${pair}
def write():
    return api.post("/data/a", body = "1")
def read():
    return api.get("/data/a")
disk = fault_assumption("disk", target = db, write = deny("EIO", on = "file"))
slow = fault_assumption("slow", target = db, write = delay("5ms"))
both = fault_assumption("both", faults = [slow, disk])
fault_matrix(
    scenarios = [write, read], faults = [disk, slow, both],
    default_expect = lambda r: assert_true(r.status < 500, "no failure expected"),
    overrides = {(write, disk): lambda r: assert_eq(r.status, 503), ("write", "both"): lambda r: assert_eq(r.status, 503)},
    exclude = [(read, both)],
)
`);
  expect(stdout).toContain('5 tests');
  for (const name of ['matrix_write_disk', 'matrix_write_slow', 'matrix_write_both', 'matrix_read_disk', 'matrix_read_slow'])
    expect(stdout).toMatch(new RegExp(`✓ ${name}`));
  expect(stdout).not.toContain('matrix_read_both');
  expect(code).toBe(0);
});
