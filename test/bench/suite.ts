/** What a test costs: within a suite, and as an invocation of its own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { printTable, spread, spreadText } from './table.ts';

const tests = 20;
const runs = 5;
const dir = mkdtempSync('/tmp/faultbox-bench-');
mkdirSync(join(dir, 'bin'));
symlinkSync(join(packageRoot, 'examples', 'bin', 'linux'), join(dir, 'bin', 'linux'));
const pair = readFileSync(join(packageRoot, 'examples', 'key-value.star'), 'utf8').split('def write_one')[0]!;
const test = (i: number) =>
  `def test_${i}():\n    assert_eq(api.post("/data/k", body = "v").status, 200)\n    assert_eventually(type = "stdout", service = "db", op = "SET")\n    assert_never(type = "stdout", service = "db", level = "ERROR")\n`;
writeFileSync(join(dir, 'one.star'), pair + test(0));
writeFileSync(join(dir, 'many.star'), pair + Array.from({ length: tests }, (_, i) => test(i)).join(''));

const command = join(packageRoot, 'cli', 'bin', 'faultbox');
const timed = (...args: string[]) => {
  const began = performance.now();
  const stdout = execFileSync(command, args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return { ms: performance.now() - began, each: [...stdout.matchAll(/✓ test_\S+ +([0-9]+) ms/g)].map((m) => Number(m[1])) };
};

timed('test', 'one.star');
const single = Array.from({ length: runs }, () => timed('test', 'one.star').ms);
const suites = Array.from({ length: runs }, () => timed('test', 'many.star'));
rmSync(dir, { recursive: true });
printTable(
  'ms, median [min..max]; a test has 2 services in C, a step, three judged barriers',
  ['', 'measured', 'to reach'],
  [
    ['one test inside a suite', spreadText(spread(suites.flatMap((s) => s.each))), '70'],
    ['a suite of 20, whole', spreadText(spread(suites.map((s) => s.ms))), ''],
    ['one invocation with one test', spreadText(spread(single)), '800'],
  ],
);
