import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { impossible, makeCgroup, NativeChild, removeCgroup } from './native-child.ts';

describe.skipIf(impossible !== null)(`launch${impossible === null ? '' : ` (${impossible})`}`, { timeout: 60_000 }, () => {
  let dir: string;
  let cgroup: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'launch-'));
    cgroup = makeCgroup();
  });
  afterEach(async () => {
    await removeCgroup(cgroup);
    rmSync(dir, { recursive: true });
  });

  const kept = (stream: 'out' | 'err'): string => readFileSync(join(dir, stream), 'utf8');

  /** launch, before it has said anything. */
  function prepare(options: readonly string[], command: readonly string[], stdout = join(dir, 'out')): NativeChild {
    const places = ['--cgroup', cgroup, '--stdout', stdout, '--stderr', join(dir, 'err'), '--cwd', dir];
    return new NativeChild('launch', [...places, ...options, '--', ...command]);
  }

  /** Starts a shell script; with `filter`, it can wait for `armed` by `$wait`. */
  async function start(script: string, options: readonly string[] = [], stdout = join(dir, 'out')): Promise<NativeChild> {
    const wait = 'while [ ! -e armed ]; do sleep 0.01; done;';
    const launch = prepare(options, ['/bin/sh', '-c', script.replace('$wait', wait)], stdout);
    await launch.next('pipes');
    launch.send('go');
    await launch.next('exec');
    return launch;
  }

  /** Arms rules and lets a script that waits go on, to its end. */
  async function arm(launch: NativeChild, ...rules: string[]): Promise<string[]> {
    for (const rule of rules) launch.send(`arm ${rule}`);
    launch.send('drain 1');
    await launch.next('drained 1');
    writeFileSync(join(dir, 'armed'), '');
    await launch.ended;
    return launch.lines;
  }

  const count = (lines: readonly string[], start: string): number => lines.filter((line) => line.startsWith(start)).length;

  test('runs a program as another user, keeps its output, tells its end', async () => {
    const launch = await start('id -u; id -G; cat /proc/self/cgroup >&2; exit 7', ['--uid', '65534', '--gid', '65534', '--groups', '5,6']);
    expect(await launch.ended).toBe(0);
    expect(kept('out')).toBe('65534\n65534 5 6\n');
    expect(kept('err')).toContain(cgroup.split('/').at(-1));
    expect(launch.lines.at(-2)).toMatch(/^exited 7 \d+$/);
    expect(launch.lines.at(-1)).toMatch(/^empty \d+ 16 \d+$/);
  });

  test('says why a program cannot run', async () => {
    const launch = prepare([], ['/nowhere']);
    await launch.next('pipes');
    launch.send('go');
    expect(await launch.next('failed')).toBe('failed 2 exec /nowhere: No such file or directory');
    await launch.ended;
  });

  test('an unknown call in the filter is refused by name', async () => {
    const launch = prepare(['--filter', 'writ'], ['true']);
    expect(await launch.next('failed')).toContain('no system call named writ');
    await launch.ended;
  });

  test('waits for orphans before the cgroup counts as empty', async () => {
    const launch = await start('(sleep 0.2; echo late) & exit 0');
    await launch.ended;
    expect(kept('out')).toBe('late\n');
  });

  test('a drain covers everything written before it', async () => {
    const launch = await start('yes | head -c 100000; echo done >&2; sleep 100');
    while (kept('err') === '') await new Promise((resolve) => setTimeout(resolve, 2));
    launch.send('drain 3');
    expect(await launch.next('drained')).toBe('drained 3 100000 5');
    expect(statSync(join(dir, 'out')).size).toBe(100_000);
    launch.send('kill');
    await launch.ended;
    expect(launch.lines.at(-2)).toMatch(/^signalled 9 /);
  });

  test('a denied write hits files and spares the captured output', async () => {
    const launch = await start('$wait echo x > file; echo "got $?"', ['--filter', 'write']);
    const lines = await arm(launch, 'r1 write deny 5 default 0 0 1000000 1 *');
    expect(kept('out')).toBe('got 1\n');
    expect(kept('err')).toContain('I/O error');
    expect(lines.filter((l) => l.startsWith('hit'))).toEqual([expect.stringMatching(/^hit 1 r1 \d+ \d+ \d+ write$/)]);
    expect(count(lines, 'answered 1 ')).toBe(1);
  });

  test('rules compose: delays add up, one deny decides, each hit is told once', async () => {
    const launch = await start('$wait echo x > file; echo "got $?"', ['--filter', 'write']);
    const lines = await arm(
      launch,
      'slow write delay 1000000 file 0 0 1000000 1 *',
      'late write delay 1000000 file 0 0 1000000 1 *',
      'no write deny 28 file 0 0 1000000 1 *',
      'never write deny 5 file 0 0 1000000 1 *',
    );
    expect(kept('err')).toContain('I/O error');
    const struck = lines.filter((l) => l.startsWith('hit')).map((l) => l.split(' ')[2]);
    expect(struck).toEqual(['slow', 'late', 'no']);
    expect(count(lines, 'answered')).toBe(3);
  });

  test('paths select, whether given by descriptor or by name', async () => {
    mkdirSync(join(dir, 'a'));
    mkdirSync(join(dir, 'b'));
    const script = '$wait for d in a b; do echo x > $d/f; echo "$d $?"; mv $d/f $d/g 2>/dev/null; echo "$d $?"; done';
    const launch = await start(script, ['--filter', 'write,rename,renameat,renameat2']);
    const rename = `m rename,renameat,renameat2 deny 13 default 0 0 1000000 1 ${dir}/b/**`;
    await arm(launch, `w write deny 5 default 0 0 1000000 1 ${dir}/a/*`, rename);
    expect(kept('out')).toBe('a 1\na 0\nb 0\nb 1\n');
  });

  test('after and count bound what is hit', async () => {
    const launch = await start('$wait for i in 1 2 3 4 5 6; do echo x > f 2>/dev/null; printf $?; done', ['--filter', 'openat,write']);
    await arm(launch, `r write deny 5 file 2 3 1000000 1 ${dir}/f`);
    expect(kept('out')).toBe('001110');
  });

  test('a probability draws the same for the same seed', async () => {
    const draws: string[] = [];
    for (let i = 0; i < 2; i++) {
      const script = '$wait i=0; while [ $i -lt 200 ]; do echo x > f 2>/dev/null; printf $?; i=$((i+1)); done';
      const launch = await start(script, ['--filter', 'write']);
      await arm(launch, `r write deny 5 file 0 0 300000 77 ${dir}/f`);
      draws.push(kept('out'));
      rmSync(join(dir, 'armed'));
      await removeCgroup(cgroup);
      cgroup = makeCgroup();
    }
    expect(draws[0]).toBe(draws[1]);
    expect(draws[0]!.split('1').length - 1).toBeGreaterThan(30);
    expect(draws[0]!.split('1').length - 1).toBeLessThan(90);
  });

  test('a rule with a mistake is refused with a sentence', async () => {
    const launch = await start('sleep 100', ['--filter', 'write']);
    launch.send('arm r write deny 5000 default 0 0 1000000 1 *');
    expect(await launch.next('refused')).toBe('refused an errno lies between 0 and 4095');
    launch.send('kill');
    await launch.ended;
  });

  test('a full disk is a gap, with every later byte at its position', async () => {
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
    try {
      const script = 'head -c 200000 /dev/zero > disk/ballast; yes | head -c 3000000; sleep 0.1; rm disk/ballast; echo tail';
      const launch = await start(script, [], join(disk, 'out'));
      await launch.ended;
      const gaps = launch.lines.filter((l) => l.startsWith('gap stdout')).map((l) => l.split(' ').slice(2).map(Number));
      const kept = readFileSync(join(disk, 'out'));
      expect(kept.length).toBe(3_000_005);
      expect(kept.subarray(-5).toString()).toBe('tail\n');
      expect(kept.subarray(0, gaps[0]![0]).toString()).toBe('y\n'.repeat(gaps[0]![0]! / 2));
      expect(gaps.at(-1)![1]).toBe(3_000_000);
      for (const [i, gap] of gaps.entries()) expect(gap).toEqual([i ? gaps[i - 1]![1] : gap[0], gap[1], 28]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('hanging up kills everything, what left its session too', async () => {
    const launch = await start('setsid sleep 100 & sleep 100');
    launch.hangUp();
    await launch.ended;
    expect(readFileSync(join(cgroup, 'cgroup.procs'), 'utf8')).toBe('');
  });

  test('stop asks first', async () => {
    const launch = await start('trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.01; done');
    while (kept('out') === '') await new Promise((resolve) => setTimeout(resolve, 2));
    launch.send('stop 10000');
    await launch.ended;
    expect(kept('out')).toBe('up\nbye\n');
  });
});
