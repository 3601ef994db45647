/** What an assertion's query costs on 10 million stored events of 100 runs, and what an event takes on disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { statements, translate } from '../../cli/query/index.ts';
import { predicate } from '../../cli/query/testing.ts';
import { openStore } from '../../services/store/store.ts';
import { printTable, spread, spreadText } from './table.ts';

const events = 10_000_000;
const runs = 100;
const queries = 100;
const dir = mkdtempSync('/tmp/faultbox-bench-');
const store = await openStore({ dir: join(dir, 'store') });
await store.client.command(`
  INSERT INTO events (run, test, seq, day, type, service, at, source, position, syscall, path, fd, ret, duration_ns, pid, tid, data, json_ok, data_level, data_op, lane)
  SELECT concat('r', toString(intDiv(number, ${events / runs}))) AS run, 't' AS test, number % ${events / runs} + 1 AS seq, today(),
    if(number % 10 < 8, 'syscall', 'stdout') AS type, if(number % 3 = 0, 'db', 'api') AS service, number * 1500 AS at, concat(type, '/', service) AS source, number AS position,
    if(type = 'syscall', ['read', 'write', 'fsync', 'openat'][number % 4 + 1], NULL), if(type = 'syscall' AND number % 4 > 1, concat('/var/lib/db/', toString(number % 50)), NULL),
    if(type = 'syscall', 3 + number % 20, NULL), if(type = 'syscall', rand(1) % 4096, NULL), if(type = 'syscall', 300 + rand(2) % 3000, NULL), 1234 + number % 3 AS pid, pid,
    if(type = 'stdout', concat('{"level":"INFO","msg":"SET key', toString(number % 1000), '","op":"SET","n":', toString(number), '}'), '{}') AS data, 1,
    if(type = 'stdout', 'INFO', NULL), if(type = 'stdout', 'SET', NULL), number
  FROM numbers(${events})`);

/** Merges of the parts just written would be measured instead. */
const merging = async (): Promise<boolean> => (await store.client.query('SELECT 1 FROM system.merges LIMIT 1')).length > 0;
while (await merging()) await sleep(100);

/** The search of an assertion, as the judge asks it: the first event that matches or that the interpreter must see. */
const measure = async (where: string): Promise<number[]> => {
  const search = statements(translate(predicate(`lambda e: e.type == "stdout" and e.service == "db" and ${where}`)));
  const times: number[] = [];
  for (let i = 0; i < queries; i++) {
    const { sql, params } = search.first({ run: `r${(i * 37) % runs}`, test: 't', after: 0, up_to: events / runs }, 1);
    const began = performance.now();
    const found = await store.client.query(sql, params);
    times.push(performance.now() - began);
    if (found.length > 0) throw new Error('nothing should match');
  }
  return times;
};
const typed = await measure('e.data.get("level") == "ERROR"');
const other = await measure('e.data.get("n") == -1');
const [size] = await store.client
  .query<{ bytes: number }>("SELECT sum(data_compressed_bytes) AS bytes FROM system.columns WHERE table = 'events'")
  .catch(() => [{ bytes: Number.NaN }]);
await store.close();
rmSync(dir, { recursive: true, force: true });
printTable(
  `assertion latency on ${events.toLocaleString('en')} events, one run of ${runs}, nothing matches: ms, median [min..max] of ${queries}`,
  ['', 'measured', 'to reach'],
  [
    ['typed columns', spreadText(spread(typed), 1), '10'],
    ['another key of data', spreadText(spread(other), 1), '30'],
    ['bytes an event (made up, without clocks)', ((size?.bytes ?? Number.NaN) / events).toFixed(1), '16'],
  ],
);
