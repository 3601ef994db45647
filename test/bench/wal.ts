/** What a row costs from PostgreSQL to the bus and to a stored row, against pg_recvlogical; how late it is; what a large transaction takes. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { TestCollector } from '../../services/collector-wal/testing/collector.ts';
import { TestServer } from '../../services/collector-wal/testing/server.ts';
import { judged_ms, storedRun } from './stored-run.ts';
import { p99, printTable, ratios, spread, spreadText } from './table.ts';

const rows = 200_000;
const largeRows = 1_000_000;
const runs = 3;
const singles = 200;
/** So that no row waits for the one before it. */
const pause_ms = 5;

const server = await TestServer.start('', ['max_wal_size=4GB', 'fsync=off']);
await server.run('CREATE TABLE t (id int8 PRIMARY KEY, item text, price numeric, at timestamptz)', 'CREATE PUBLICATION bench FOR TABLE t');
const fill = (count: number) =>
  server.run('TRUNCATE t', `INSERT INTO t SELECT i, 'item ' || i, i * 1.25, now() FROM generate_series(1, ${count}) i`);

/** Rows a second that pg_recvlogical writes to a file, from its start to its end at the log's end. */
async function recvlogical(): Promise<number> {
  await server.run("SELECT pg_create_logical_replication_slot('bench', 'pgoutput')");
  await fill(rows);
  const [{ lsn }] = (await server.run('SELECT pg_current_wal_lsn()::text AS lsn')) as [{ lsn: string }];
  const began = performance.now();
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(server.port),
    '-U',
    'postgres',
    '-d',
    'postgres',
    '-S',
    'bench',
    '--start',
    '-E',
    lsn,
    '-f',
    '/dev/null',
    '-o',
    'proto_version=1',
    '-o',
    'publication_names=bench',
  ];
  await new Promise((resolve) => spawn('pg_recvlogical', args, { stdio: 'ignore' }).once('close', resolve));
  const seconds = (performance.now() - began) / 1000;
  await server.run("SELECT pg_drop_replication_slot('bench')");
  return rows / seconds;
}

/** Rows a second from the moment that the transaction is committed until a barrier proves them on the bus. */
async function collect(count: number): Promise<{ rate: number; peak_mib: number }> {
  const collector = new TestCollector();
  await collector.attach(server.port, ['t']);
  await fill(count);
  const began = performance.now();
  const barrier = await collector.askBarrier({ within_ms: 120_000 });
  const seconds = (performance.now() - began) / 1000;
  const { type, position } = collector.records().find((r) => r.barrier === barrier)!;
  if (type !== 'complete' || Number(position) < count) throw new Error(`${type} at ${position}`);
  const peak_mib = Number(/VmHWM:\s+([0-9]+)/.exec(readFileSync(`/proc/${collector.process.pid}/status`, 'utf8'))![1]) / 1024;
  await collector.end();
  return { rate: count / seconds, peak_mib };
}

/** ms from a commit's timestamp to the reading of its row, one row a transaction. */
async function latencies(): Promise<number[]> {
  const collector = new TestCollector();
  await server.run('TRUNCATE t');
  await collector.attach(server.port, ['t']);
  const client = await server.client();
  for (let i = 0; i < singles; i++) {
    await client.query('INSERT INTO t VALUES ($1)', [i]);
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  await client.end();
  await collector.barrier();
  const late = collector
    .records()
    .filter((r) => r.type === 'wal')
    .map((r) => (Number(r.at_ns) - Number(r.committed_ns)) / 1e6);
  await collector.end();
  return late;
}

const postgres = `pg = service("postgres", "services/postgres.sh", interface("main", "postgres", 5432),
    args = ["5432", "-c", "max_wal_size=4GB", "-c", "fsync=off"], healthcheck = ready(), observe = [wal_stream(tables = ["t"])])
def table():
    pg.exec("CREATE TABLE t (id int8 PRIMARY KEY, item text, price numeric, at timestamptz)")
`;

/** Rows a second of a whole run, from the answer to the commit until all are stored rows that an assertion has looked at. */
async function store(): Promise<number> {
  const { steps, events } = await storedRun(`${postgres}
def test_rows():
    table()
    pg.exec("INSERT INTO t SELECT i, 'item ' || i, i * 1.25, now() FROM generate_series(1, ${rows}) i", timeout = "5m")
    assert_never(where = lambda e: e.type == "wal" and e.action == "DELETE")
    pg.query("SELECT 1")
`);
  return (events.get('wal')! / judged_ms(steps)[1]!) * 1000;
}

/** ms from the answer to each commit until an assertion has found its stored row. */
async function storedLatencies(): Promise<number[]> {
  const { steps } = await storedRun(`${postgres}
def test_singles():
    table()
    for i in range(${singles}):
        pg.exec("INSERT INTO t VALUES ($1)", [i])
        assert_eventually(where = lambda e: e.type == "wal" and e.data["new"]["id"] == i)
    pg.query("SELECT 1")
`);
  return judged_ms(steps).slice(1);
}

const theirs: number[] = [];
const stored: number[] = [];
const ours: number[] = [];
for (let i = 0; i < runs; i++) {
  theirs.push(await recvlogical());
  ours.push((await collect(rows)).rate);
  stored.push(await store());
}
const late = await latencies();
const storedLate = await storedLatencies();
const small = await collect(1000);
const large = await collect(largeRows);
await server.stop();
printTable(
  `WAL rows (${runs} runs of ${rows} rows, in turn), median [min..max]`,
  ['', 'measured'],
  [
    ['pg_recvlogical to /dev/null, rows/s', spreadText(spread(theirs))],
    ['collector-wal to the bus, proven, rows/s', spreadText(spread(ours))],
    ['a run: commit to stored rows that were asserted on, rows/s', spreadText(spread(stored))],
    ['of the rate of pg_recvlogical: to the bus, to stored rows', ratios(theirs, ours, stored)],
    ['commit to event, ms', spreadText(spread(late), 2)],
    ['the same, p99', p99(late).toFixed(2)],
    ['a run: answer of the commit to the assertion that found its stored row, ms', spreadText(spread(storedLate), 1)],
    ['the same, p99', p99(storedLate).toFixed(1)],
    ['peak memory, 1,000 rows in a transaction, MiB', small.peak_mib.toFixed(0)],
    [`peak memory, ${largeRows} rows in a transaction, MiB`, large.peak_mib.toFixed(0)],
    [`${largeRows} rows in a transaction, rows/s`, large.rate.toFixed(0)],
  ],
);
