import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { Playground, type Trace } from '../faultbox.ts';
import { leftovers, until } from './machine.ts';
import { seed } from './random.ts';
import { strike, type Blow, type StruckRun } from './struck-run.ts';
import { answered, keyValue, messages, rows, states, subject, type Workload } from './workloads.ts';

/** How often a victim is killed: once in each test of a run, but for its last. */
const kills = Number(process.env['FAULTBOX_SOAK_KILLS'] ?? 1);
/** Kills in one run: a correlator that comes back reads all of it again. */
const atMost = 20;
/** `FAULTBOX_SOAK_FIGURES=1` prints what each run came to. */
const figures = process.env['FAULTBOX_SOAK_FIGURES'] !== undefined;

let kafka: LocalKafka;
let at: Playground;
beforeAll(async () => {
  kafka = await LocalKafka.start();
});
afterAll(() => kafka.end());
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

type Home = 'the embedded log' | 'Kafka';
type Tested = Trace['tests'][number];

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
const source = (tested: Tested, name: string) => tested.sources.find((s) => s.source === name);

/** The tests of as many runs as it takes for these kills. */
async function struckTests(name: string, workload: Workload, blow: Blow, home: Home): Promise<Tested[]> {
  const tests: Tested[] = [];
  let blows = 0;
  for (let done = 0; done < kills; done += atMost) {
    const run = await struckRun(`${name}, ${done}`, workload, blow, home, Math.min(atMost, kills - done));
    tests.push(...run.trace.tests);
    blows += run.blows;
  }
  if (figures) console.log(figuresOf(name, tests, blows, workload));
  return tests;
}

/** The run ended in order: each test has its verdict, the one that was not struck passed, nothing is left, no stack trace was shown. */
async function struckRun(name: string, workload: Workload, blow: Blow, home: Home, times: number): Promise<StruckRun> {
  // What waits for the bus itself needs the deadline that people have.
  const deadline = typeof blow === 'function' ? '5s' : '1s';
  const flags = ['--deadline', deadline, ...(home === 'Kafka' ? ['--bus', kafka.bus] : [])];
  let run = await strike(at, name, workload, blow, times, flags);
  // A moment behind the end of its test strikes nothing.
  for (let again = 1; run.blows === 0 && again < 4; again++) run = await strike(at, `${name}, ${again}`, workload, blow, times, flags);
  expect(run.output).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
  expect([0, 1, 4]).toContain(run.code);
  expect(run.trace.tests).toHaveLength(times + 1);
  expect(run.blows).toBeGreaterThan(0);
  expect(run.trace.tests.at(-1)).toMatchObject({ verdict: 'passed' });
  await until(() => leftovers(at.dir).length === 0);
  expect(leftovers(at.dir)).toEqual([]);
  return run;
}

function figuresOf(name: string, all: readonly Tested[], blows: number, { contents }: Workload): string {
  const verdicts = Object.entries(Object.groupBy(all, (t) => t.verdict)).map(([verdict, tests]) => `${tests!.length} ${verdict}`);
  const events = all.reduce((n, t) => n + contents.reduce((m, { numbers }) => m + numbers(t.events).length, 0), 0);
  return `${name}: ${blows} kills in ${all.length} tests: ${verdicts.join(', ')}; ${events} events, each once`;
}

/** Each event up to some event is there once, in order; when some are missing, the test did not pass, and says which source. */
function expectOnceOrMissed(tested: Tested, workload: Workload, lossy: readonly string[]): void {
  for (const content of workload.contents) {
    const numbers = content.numbers(tested.events);
    expect(numbers).toEqual(upTo(numbers.length));
    expect(tested.verdict).not.toBe('error');
    if (!lossy.includes(content.source)) {
      expect([content.source, numbers.length]).toEqual([content.source, workload.steps]);
      expect(source(tested, content.source)).toMatchObject({ complete: true, lost: 0 });
    } else if (numbers.length < workload.steps) {
      expect([tested.verdict, tested.reason]).toEqual(['inconclusive', expect.stringContaining(content.source)]);
      expect(source(tested, content.source)).toMatchObject({ complete: false });
    }
  }
}

const collectors: ReadonlyArray<readonly [string, Workload, RegExp, lossy: readonly string[]]> = [
  ['collector-stdout', keyValue, /collector-stdout\/main\.ts/, ['stdout/db']],
  ['collector-syscall', keyValue, /collector-syscall\/main\.ts/, ['syscall/db']],
  ['tracer', keyValue, /native\/build\/tracer/, ['syscall/db']],
  ['collector-wal', rows, /collector-wal\/main\.ts/, ['wal/postgres']],
  ['collector-topic', subject, /collector-topic\/main\.ts/, ['topic/nats/numbers']],
  ['collector-poll', states, /collector-poll\/main\.ts/, ['poll/redis/GET k']],
];

describe.each(['the embedded log', 'Kafka'] as const)(`killed at random moments, with %s (FAULTBOX_SEED=${seed})`, (home) => {
  test.each(collectors)(
    '%s: each event once or a gap; the tests that come later have a new one',
    async (victim, workload, process, lossy) => {
      const tests = await struckTests(`${victim}, ${home}`, workload, process, home);
      for (const tested of tests) {
        expectOnceOrMissed(tested, workload, lossy);
        if (tested.verdict === 'passed') continue;
        expect(tested.reason).toMatch(victim === 'tracer' ? /tracer ended \(SIGKILL\)/i : new RegExp(`${victim} was ended by SIGKILL`));
        const gaps = tested.events.filter((e) => e.type === 'gap').map((e) => String(e.data['source']));
        if (tested.verdict === 'inconclusive') expect(gaps.filter((name) => lossy.includes(name))).toEqual(lossy);
      }
    },
  );

  test('the correlator: nothing is lost, nothing comes twice, every verdict stands', async () => {
    const tests = await struckTests(`correlator, ${home}`, keyValue, /services\/correlator\/main\.ts/, home);
    expect(tests.map((t) => t.verdict)).toEqual(tests.map(() => 'passed'));
    for (const tested of tests) expectOnceOrMissed(tested, keyValue, []);
  });
});

describe(`killed at random moments (FAULTBOX_SEED=${seed})`, () => {
  test('the broker that is the bus, which comes back: nothing is lost, nothing comes twice, every verdict stands', async () => {
    const tests = await struckTests(
      'the bus',
      rows,
      async () => {
        await kafka.killBroker();
        await kafka.startBroker();
      },
      'Kafka',
    );
    expect(tests.map((t) => t.verdict)).toEqual(tests.map(() => 'passed'));
    for (const tested of tests) expectOnceOrMissed(tested, rows, []);
  });

  test('the collector of a Kafka topic: each message once or a gap', async () => {
    const tests = await struckTests('collector-topic of Kafka', messages, /collector-topic\/main\.ts/, 'the embedded log');
    for (const tested of tests) expectOnceOrMissed(tested, messages, ['topic/kafka/numbers']);
  });

  const servers = [
    ['PostgreSQL', rows],
    ['NATS', subject],
    ['Redis', states],
    ['Kafka', messages],
  ] as const;
  test.each(servers)('%s itself: what it acknowledged is there once, or its source is not complete', async (name, workload) => {
    const tests = await struckTests(name, workload, workload.service, 'the embedded log');
    for (const tested of tests) {
      expectOnceOrMissed(
        tested,
        workload,
        workload.contents.map((c) => c.source),
      );
      // A step learns of the death, and does not wait for an answer.
      expect(tested.events.filter((e) => String(e.data['error'] ?? '').startsWith('no answer within'))).toEqual([]);
    }
  });

  test('a service: each line and each call up to its death is there once, and its sources are complete', async () => {
    const tests = await struckTests('mock-db', keyValue, /bin\/linux\/mock-db/, 'the embedded log');
    for (const tested of tests) {
      for (const { source: name, numbers } of keyValue.contents) {
        expect(source(tested, name)).toMatchObject({ complete: true, lost: 0 });
        expect([upTo(answered(tested)), upTo(answered(tested) + 1)]).toContainEqual(numbers(tested.events));
      }
    }
  });
});
