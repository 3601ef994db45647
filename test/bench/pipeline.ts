/** Events a second from live services to stored rows: a service that makes system calls as fast as it can, until everything is stored. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { openStore } from '../../services/store/store.ts';
import { printTable } from './table.ts';

const calls = Number(process.env['FAULTBOX_BENCH_CALLS'] ?? 2_000_000);
const dir = mkdtempSync('/tmp/faultbox-bench-');
execFileSync('gcc', ['-O1', '-o', join(dir, 'writer-loop'), join(packageRoot, 'test', 'load', 'writer-loop.c')]);
writeFileSync(join(dir, 'spec.star'), `w = service("w", "writer-loop", interface("main", "tcp", 7000))\ndef test_calls():\n    r = w.send("${calls}", timeout = "10m")\n    assert_never(where = lambda e: e.syscall == "pwrite64" and e.ret != 64)\n`);
const stdout = execFileSync(join(packageRoot, 'cli', 'bin', 'faultbox'), ['test', 'spec.star', '--deadline', '5m'], { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const run = /run ([0-9a-f]+)\n/.exec(stdout)![1]!;
const [, amount, unit] = /test_calls +([0-9.]+) (ms|s)/.exec(stdout)!;
const seconds = Number(amount) / (unit === 'ms' ? 1000 : 1);
const store = await openStore({ dir: join(dir, '.faultbox', 'store') });
const [row] = await store.client.query<{ stored: number; lost: number }>("SELECT countIf(syscall = 'pwrite64') AS stored, (SELECT lost FROM sources WHERE run = {run:String} AND source = 'syscall/w') AS lost FROM events WHERE run = {run:String}", { run });
await store.client.command('OPTIMIZE TABLE events FINAL');
const [size] = await store.client.query<{ bytes: number }>("SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE table = 'events' AND active").catch(() => [{ bytes: Number.NaN }]);
await store.close();
const bus = statSync(join(dir, '.faultbox', 'bus', run, 'syscall.avro')).size;
rmSync(dir, { recursive: true, force: true });
printTable(`${calls.toLocaleString('en')} calls of one service, the workload on the same cores`, ['', 'measured', 'to reach'], [
  ['events/s, first call to last stored row', Math.round(row!.stored / seconds).toLocaleString('en'), '200,000'],
  ['lost, counted', String(row!.lost), '0'],
  ['stored + lost - made', String(row!.stored + row!.lost - calls), '0'],
  ['bytes an event on the bus', (bus / calls).toFixed(1), ''],
  ['bytes an event in the store', ((size?.bytes ?? Number.NaN) / calls).toFixed(1), '16'],
]);
