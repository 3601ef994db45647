import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultbox, pair, Playground, runOf, root, type Trace } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

describe('a failed assertion', () => {
  test('assert_never shows its place, the witness, and how it came about', async () => {
    const { code, stdout } = await at.test(`${pair}
def test_no_set():
    api.post("/data/color", body = "green")
    assert_never(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET")
`);
    expect(stdout).toMatch(/✗ test_no_set {2}spec\.star:16:5/);
    expect(stdout).toContain('assert_never(where = lambda e:');
    expect(stdout).toMatch(/This must never happen, and it did:\n+ +#[0-9]+ +\+[0-9.]+ ms +db +logged level=INFO msg="SET color green"/);
    expect(stdout).toMatch(/How it came about:[\s\S]*received 16 bytes from api/);
    expect(code).toBe(1);
  });

  test('assert_eventually shows the nearest misses and the clause that rejected each', async () => {
    const { code, stdout } = await at.test(`${pair}
def test_wrong_key():
    api.post("/data/color", body = "green")
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "DELETE", within = "50ms")
`);
    expect(stdout).toContain('No event matched within 0.05 s.');
    expect(stdout).toMatch(/The nearest misses:[\s\S]*✓ e\.type == "stdout"[\s\S]*✗ e\.data\.get\("op"\) == "DELETE" +was "SET"/);
    expect(code).toBe(1);
  });

  test('assert_eq and assert_true say what was there', async () => {
    const { stdout } = await at.test(`${pair}
def test_eq():
    assert_eq(api.get("/data/none").status, 200, "must be there")
def test_true():
    assert_true(api.get("/data/none").ok)
`);
    expect(stdout).toContain('must be there (404 is not equal to 200)');
    expect(stdout).toContain('the condition is False');
  });

  test('assert_before tells concurrent from reversed, and follows causes between services', async () => {
    const { stdout, code } = await at.test(`${pair}
def write():
    api.post("/data/color", body = "green")
def test_before():
    write()
    assert_before(first = {"type": "stdout", "service": "db", "op": "SET"}, then = lambda e: e.type == "stdout" and e.service == "api" and e.data.get("status") == 200)
def test_reversed():
    write()
    assert_before(first = lambda e: e.type == "stdout" and e.service == "api" and e.data.get("status") == 200, then = {"type": "stdout", "service": "db", "op": "SET"})
def test_missing():
    write()
    assert_before(first = {"type": "stdout", "op": "DELETE"}, then = {"type": "stdout", "op": "SET"})
`);
    expect(stdout).toMatch(/✓ test_before/);
    expect(stdout).toContain('The order is the other way round:');
    expect(stdout).toContain('There is no event that matches first.');
    expect(code).toBe(1);
  });
});

test('a predicate that raises fails the assertion, with the event and the error', async () => {
  const { stdout, code } = await at.test(`${pair}
def test_raises():
    api.post("/data/color", body = "green")
    assert_never(where = lambda e: e.type == "stdout" and e.data["op"].upper() == "X" + 1)
`);
  expect(stdout).toMatch(/The predicate raised an error on this event, at spec\.star:16:83: .*\n+ +#[0-9]+/);
  expect(code).toBe(1);
});

test('an absence that no source could disprove is inconclusive', async () => {
  const { stdout, code } = await at.test(`${pair}
def test_nobody():
    assert_never(type = "wal", service = "db")
`);
  expect(stdout).toMatch(/no attached source can produce events of type wal of service db/);
  expect(code).toBe(4);
});

test('an error in the spec while a test runs is shown with its line and its calls, exit code 2', async () => {
  const { stdout, code } = await at.test(`${pair}
def helper(x):
    return x.nothing
def test_bug():
    helper(api)
`);
  expect(stdout).toMatch(/spec\.star:15:[0-9]+:.*nothing/);
  expect(stdout).toContain('return x.nothing');
  expect(stdout).toMatch(/spec\.star:17:[0-9]+ in test_bug/);
  expect(code).toBe(2);
});

test('a fault that never struck is vacuous: said on its line, failing under --strict', async () => {
  const spec = `${pair}
nothing = fault_assumption("nothing", target = api, fsync = deny("EIO", label = "no disk"))
fault_scenario("unstruck", scenario = lambda: api.get("/health"), faults = nothing)
`;
  const lax = await at.test(spec);
  expect(lax.stdout).toContain('vacuous: the fault "no disk" (fsync EIO on api) never struck');
  expect(lax.code).toBe(0);
  expect((await at.test(spec, '--strict')).code).toBe(1);
});

test('that nothing was lost rests on every source, and passes when each has proven itself', async () => {
  const { ended, trace } = await at.trace(
    `${pair}
def test_no_gap():
    api.post("/data/k", body = "v")
    assert_eq(events(type = "gap", service = "db"), [])
    assert_never(type = "gap")
`,
    '--strict',
  );
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
  const { assertions, sources } = trace.tests[0]! as unknown as {
    assertions: Array<{ name: string; sources: string[] }>;
    sources: Array<{ source: string }>;
  };
  expect(assertions.find((a) => a.name === 'assert_never')!.sources.sort()).toEqual(sources.map((s) => s.source).sort());
});

describe('exports', () => {
  const spec = `${pair}
broken = fault_assumption("broken", target = db, write = deny("EIO", label = "disk"))
fault_scenario("under_fault", scenario = lambda: api.post("/data/k", body = "v"), faults = broken)
def test_plain():
    api.post("/data/k", body = "v")
`;
  test('the JSON trace validates against its schema, and its clocks and causes are sound', async () => {
    const { trace } = await at.trace(spec);
    const validate = new Ajv({ allErrors: true, strict: false }).compile(
      JSON.parse(readFileSync(join(root, 'schemas', 'trace.schema.json'), 'utf8')) as object,
    );
    validate(trace);
    expect(validate.errors).toBe(null);
    for (const { events } of trace.tests) {
      const bySeq = new Map(events.map((e) => [e.seq, e]));
      expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
      for (const e of events)
        for (const cause of e.causes)
          if (cause.certain)
            for (const [lane, n] of Object.entries(bySeq.get(cause.seq)!.vector_clock))
              expect(e.vector_clock[lane]).toBeGreaterThanOrEqual(n);
    }
    const rules = new Set(trace.tests.flatMap((t) => t.events.flatMap((e) => e.causes.map((c) => c.rule))));
    for (const rule of ['tcp', 'connect', 'line', 'step']) expect(rules).toContain(rule);
  });

  test('a struck call carries the fault, and the fault event stands directly before it', async () => {
    const { trace } = await at.trace(spec, '--test', 'under_fault');
    const { events } = trace.tests[0]!;
    const fault = events.find((e) => e.type === 'fault')!;
    expect(fault).toMatchObject({ service: 'db', syscall: 'write', decision: 'deny(EIO)', label: 'disk' });
    expect(events[fault.seq]).toMatchObject({ type: 'syscall', syscall: 'write', decision: 'deny(EIO)', label: 'disk', errno: 'EIO' });
  });

  test('the ShiViz log obeys what ShiViz demands of clocks', async () => {
    await at.test(spec, '--shiviz', 'trace.shiviz');
    const [head, , ...lines] = at.read('trace.shiviz').split('\n');
    const pattern = new RegExp(`^${head}$`);
    let counts = new Map<string, number>();
    for (const line of lines) {
      if (line.startsWith('===')) counts = new Map();
      const groups = pattern.exec(line)?.groups;
      if (!groups) continue;
      const clock = JSON.parse(groups['clock']!) as Record<string, number>;
      counts.set(groups['host']!, (counts.get(groups['host']!) ?? 0) + 1);
      expect(clock[groups['host']!]).toBe(counts.get(groups['host']!));
      for (const [host, n] of Object.entries(clock)) expect(n).toBeLessThanOrEqual(counts.get(host) ?? 0);
    }
    expect(lines.filter((l) => / logged /.test(l)).length).toBeGreaterThan(2);
  });

  test('a run judged again from the bus, its store deleted, has the same verdicts and the same export', async () => {
    const { ended, trace } = await at.trace(spec);
    const allButTime = ({ tests }: Trace) => tests.map((t) => ({ ...t, duration_ms: 0 }));
    at.removeStore();
    const again = await faultbox(at.dir, ['check', trace.run, '--output', 'again.json']);
    expect(again.code).toBe(ended.code);
    expect(allButTime(JSON.parse(at.read('again.json')) as Trace)).toEqual(allButTime(trace));
  });
});

test.each(['specs/deep/a.star', '../elsewhere/a.star'])(
  '%s: a spec beside or below the working directory is judged again, with what it loads and the faults it arms',
  async (file) => {
    const text = `${pair.replaceAll('bin/linux', join(at.dir, 'bin', 'linux'))}
load("more/helpers.star", "refused")

def test_refused():
    fault(db, write = deny("EIO", on = "file"), run = lambda: refused(api))
    assert_never(where = lambda e: e.service == "db" and e.syscall == "fsync")
`;
    at.write(`work/${file}`, text);
    at.write(
      `work/${file.replace('a.star', 'more/helpers.star')}`,
      'def refused(api):\n    assert_true(api.post("/data/k", body = "v").status >= 500)\n',
    );
    const work = join(at.dir, 'work');
    mkdirSync(work, { recursive: true });
    const ran = await faultbox(work, ['test', file]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const again = await faultbox(work, ['check', runOf(ran)]);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain('✓ test_refused');
  },
);

test('two runs at once in one folder share the engine, and a server of the user on the port of the spec disturbs nobody', async () => {
  const { createServer } = await import('node:net');
  const server = createServer().listen(5432, '127.0.0.1');
  const spec = `${pair}\ndef test_a():\n    assert_eq(api.post("/data/k", body = "v").status, 200)\n`;
  at.write('a.star', spec);
  at.write('b.star', spec);
  const ended = await Promise.all([
    faultbox(at.dir, ['test', 'a.star', '--runs', '3']),
    faultbox(at.dir, ['test', 'b.star', '--runs', '3']),
  ]);
  server.close();
  expect(ended.map((e) => [e.code, e.stderr])).toEqual([
    [0, ''],
    [0, ''],
  ]);
});
