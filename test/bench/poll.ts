/** A poll as fast as it goes beside redis-cli in a loop, on the same server, and how long a change takes to become an event. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { judged_ms, storedRun } from './stored-run.ts';
import { p99, printTable, spread, spreadText } from './table.ts';

const seconds = 3;
const changes = 100;
const dir = mkdtempSync('/tmp/faultbox-bench-');
const service = (observe: string) => `redis = service("redis", "redis-server", interface("main", "redis", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"], healthcheck = ready(), observe = [${observe}])\n`;

interface Trace {
  readonly tests: ReadonlyArray<{
    readonly events: ReadonlyArray<{ readonly type: string; readonly at: number; readonly data: Record<string, unknown> }>;
  }>;
}

function events(spec: string): Trace['tests'][0]['events'] {
  writeFileSync(join(dir, 'spec.star'), spec);
  execFileSync(join(packageRoot, 'cli', 'bin', 'faultbox'), ['test', 'spec.star', '--output', 'trace.json'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return (JSON.parse(readFileSync(join(dir, 'trace.json'), 'utf8')) as Trace).tests[0]!.events;
}

const polled = events(`${service('poll(command = "INCR n", interval = "1ms")')}
def test_rate():
    sleep("${seconds}s")
`).filter((e) => e.type === 'poll');
const span_s = (polled.at(-1)!.at - polled[0]!.at) / 1e9;

writeFileSync(join(dir, 'loop.sh'), '#!/bin/sh\nwhile redis-cli -p 6379 -r 1000 INCR n; do :; done\n', { mode: 0o755 });
const looped = events(`${service('')}
cli = service("cli", "loop.sh", depends_on = [redis], observe = [stdout()])
def test_loop():
    sleep("${seconds}s")
`).filter((e) => e.type === 'stdout' && e.data['msg'] !== undefined);
const loop_s = (looped.at(-1)!.at - looped[0]!.at) / 1e9;

const all = events(`${service('poll(command = "GET k", interval = "1ms")')}
def test_latency():
    for i in range(${changes}):
        redis.command("SET", "k", str(i))
        sleep("10ms")
`);
const set = new Map(all.filter((e) => e.type === 'step_recv').map((e, i) => [String(i), e.at]));
const delays = all.filter((e) => e.type === 'poll').map((e) => (e.at - (set.get(String(e.data['value'])) ?? e.at)) / 1e6);
rmSync(dir, { recursive: true, force: true });

const { steps } = await storedRun(`${service('poll(command = "GET k", interval = "1ms")')}
def test_stored():
    for i in range(${changes}):
        redis.command("SET", "k", str(i))
        assert_eventually(where = lambda e: e.type == "poll" and e.data["value"] == str(i))
    redis.command("GET", "k")
`);
const storedLate = judged_ms(steps);
printTable(
  'polls of a Redis server',
  ['', 'measured'],
  [
    ['samples that became stored events, each a change, a second (interval 1 ms)', Math.round(polled.length / span_s).toLocaleString('en')],
    [
      'redis-cli -r on one connection, answers a second, its lines stored as events',
      Math.round(looped.length / loop_s).toLocaleString('en'),
    ],
    ['polls as part of what redis-cli -r gets', `× ${(polled.length / span_s / (looped.length / loop_s)).toFixed(3)}`],
    ['from the answer to a SET to the event of its change, ms (interval 1 ms)', spreadText(spread(delays), 2)],
    ['the same, p99', p99(delays).toFixed(2)],
    ['to the assertion that found its stored row, ms', spreadText(spread(storedLate), 1)],
    ['the same, p99', p99(storedLate).toFixed(1)],
  ],
);
