/**
 * Events a second from live services to stored rows: a service that makes system calls as fast as it can, until everything is stored.
 * Beside the embedded log also over a local Kafka, where one is installed (`sh infra/setup.sh --kafka`).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { openStore } from '../../services/store/store.ts';
import { printTable, ratios, spread, spreadText } from './table.ts';

const calls = Number(process.env['FAULTBOX_BENCH_CALLS'] ?? 2_000_000);
const runs = Number(process.env['FAULTBOX_BENCH_RUNS'] ?? 3);

interface Measured {
  readonly eventsPerSecond: number;
  readonly stored: number;
  readonly lost: number;
  readonly storeBytes: number;
  /** Null: the bus is no file. */
  readonly busBytes: number | null;
}

async function measure(flags: readonly string[]): Promise<Measured> {
  const dir = mkdtempSync('/tmp/faultbox-bench-');
  execFileSync('gcc', ['-O1', '-o', join(dir, 'writer-loop'), join(packageRoot, 'test', 'load', 'writer-loop.c')]);
  writeFileSync(
    join(dir, 'spec.star'),
    `w = service("w", "writer-loop", interface("main", "tcp", 7000))\ndef test_calls():\n    r = w.send("${calls}", timeout = "10m")\n    assert_never(where = lambda e: e.syscall == "pwrite64" and e.ret != 64)\n`,
  );
  try {
    const command = ['test', 'spec.star', '--deadline', '5m', ...flags];
    // Lost events make it inconclusive; they are a row of the table.
    const { stdout } = spawnSync(join(packageRoot, 'cli', 'bin', 'faultbox'), command, {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const run = /run ([0-9a-f]+)\n/.exec(stdout)![1]!;
    const [, amount, unit] = /test_calls +([0-9.]+) (ms|s)/.exec(stdout)!;
    const seconds = Number(amount) / (unit === 'ms' ? 1000 : 1);
    const log = join(dir, '.faultbox', 'bus', run, 'syscall.avro');
    const { stored, lost, storeBytes } = await look(join(dir, '.faultbox', 'store'), run);
    return { eventsPerSecond: stored / seconds, stored, lost, storeBytes, busBytes: existsSync(log) ? statSync(log).size : null };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function look(dir: string, run: string): Promise<Pick<Measured, 'stored' | 'lost' | 'storeBytes'>> {
  const { client, close } = await openStore({ dir });
  const [row] = await client.query<{ stored: number; lost: number }>(
    "SELECT countIf(syscall = 'pwrite64') AS stored, (SELECT lost FROM sources WHERE run = {run:String} AND source = 'syscall/w') AS lost FROM events WHERE run = {run:String}",
    { run },
  );
  await client.command('OPTIMIZE TABLE events FINAL');
  const [size] = await client
    .query<{ bytes: number }>("SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 'events' AND active")
    .catch(() => [{ bytes: Number.NaN }]);
  await close();
  return { ...row!, storeBytes: size?.bytes ?? Number.NaN };
}

/** Both homes of the bus in turn; without a Kafka, the embedded one alone. */
async function measureInTurn(): Promise<{ readonly embedded: Measured[]; readonly overKafka: Measured[] }> {
  const [embedded, overKafka]: [Measured[], Measured[]] = [[], []];
  const installed = existsSync(join(packageRoot, 'infra', 'kafka', 'build', 'ready'));
  for (let i = 0; i < runs; i++) {
    embedded.push(await measure([]));
    if (!installed) continue;
    const kafka = await LocalKafka.start();
    try {
      overKafka.push(await measure(['--bus', kafka.bus]));
    } finally {
      await kafka.end();
    }
  }
  return { embedded, overKafka };
}

const { embedded, overKafka } = await measureInTurn();
type Figure = (m: Measured) => number;
const cell = (all: readonly Measured[], value: Figure, digits: number) =>
  all.length === 0 ? 'not installed' : spreadText(spread(all.map(value)), digits);
const row = (name: string, value: Figure, goal: string, digits = 0) => [
  name,
  cell(embedded, value, digits),
  cell(overKafka, value, digits),
  goal,
];
const rates = [embedded, overKafka].map((all) => all.map((m) => m.eventsPerSecond)) as [number[], number[]];
const what = `${calls.toLocaleString('en')} calls of one service, the workload on the same cores`;
const title = `${what}, median [min..max] of ${runs} in turn, load ${loadavg()[0]!.toFixed(1)}`;
printTable(
  title,
  ['', 'embedded log', 'Kafka', 'to reach, embedded'],
  [
    row('events/s, first call to last stored row', (m) => m.eventsPerSecond, '200,000'),
    ['of the embedded rate', '', overKafka.length === 0 ? '' : ratios(rates[0], rates[1]), ''],
    row('lost, counted', (m) => m.lost, '0'),
    row('stored + lost - made', (m) => m.stored + m.lost - calls, '0'),
    ['bytes an event on the bus', cell(embedded, (m) => m.busBytes! / calls, 1), '', ''],
    row('bytes an event in the store', (m) => m.storeBytes / calls, '16', 1),
  ],
);
