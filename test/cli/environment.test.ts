import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { headOfAnotherVersion } from '../../services/bus/testing/foreign.ts';
import { tree, until } from '../crash/machine.ts';
import { command, demoServices, faultbox, pair, Playground, root } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const noStack = /\n\s+at .*\.[jt]s:[0-9]+/;
const plain = `${pair}\ndef test_a():\n    assert_eq(api.post("/data/k", body = "v").status, 200)\n    assert_never(type = "stdout", level = "ERROR")\n`;

test('without root: exit code 3, and what to do', () => {
  const as_nobody = [
    '--reuid',
    '65534',
    '--regid',
    '65534',
    '--clear-groups',
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    join(root, 'cli', 'bin', 'main.ts'),
    'test',
    'spec.star',
  ];
  at.write('spec.star', plain);
  chmodSync(at.dir, 0o755);
  let status = 0;
  let stderr = '';
  try {
    execFileSync('setpriv', as_nobody, { cwd: at.dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: at.dir } });
  } catch (error) {
    ({ status, stderr } = error as { status: number; stderr: string });
  }
  expect([status, String(stderr)]).toEqual([3, expect.stringContaining('Run it with sudo')]);
});

test('an engine that dies before a judgement: exit code 3, no stack trace; the next command works and the bus still has the run', async () => {
  at.write('spec.star', plain.replace('assert_never', 'sleep("2s")\n    assert_never'));
  const child = spawn(command, ['test', 'spec.star'], { cwd: at.dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (text += String(d)));
  const ended = once(child, 'close');
  await until(() => tree(child.pid!).some((p) => p.command.includes('mock-api')));
  execFileSync('pkill', ['-KILL', '-f', `build/engine --dir ${at.dir}`]);
  const [code] = (await ended) as [number];
  expect([code, text]).toEqual([3, expect.not.stringMatching(noStack)]);
  expect(text).toMatch(/engine|store/i);
  expect((await at.test(plain)).code).toBe(0);
  const run = readdirSync(join(at.dir, '.faultbox', 'bus'))[0]!;
  expect(statSync(join(at.dir, '.faultbox', 'bus', run, 'runner.avro')).size).toBeGreaterThan(1000);
});

describe('a full disk', () => {
  let disk: string;
  beforeEach(() => {
    disk = join(at.dir, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', disk]);
    mkdirSync(join(disk, 'bin'));
    cpSync(demoServices, join(disk, 'bin', 'linux'), { recursive: true, dereference: true });
  });
  afterEach(() => execFileSync('umount', ['-l', disk]));

  test('while a service floods its output: the service is not held up, what was lost is said, nothing passes as proven', async () => {
    writeFileSync(
      join(disk, 'flood.sh'),
      '#!/bin/sh\nhead -c 100000000 /dev/zero | tr "\\0" "a" | fold -w 100\necho flooded >&2\nexec sleep 100\n',
      { mode: 0o755 },
    );
    writeFileSync(
      join(disk, 'spec.star'),
      'w = service("w", "flood.sh")\ndef test_flood():\n    assert_eventually(type = "stderr", msg = "flooded", within = "30s")\n    assert_never(type = "stdout", msg = "never")\n',
    );
    const { code, stdout, stderr } = await faultbox(disk, ['test', 'spec.star']);
    expect(stdout + stderr).not.toMatch(noStack);
    expect([3, 4]).toContain(code);
    expect(stdout + stderr).toMatch(/disk is full|No space|ENOSPC|lost|not complete|engine|store/i);
  });

  test('before anything was written: exit code 3 and the remedy', async () => {
    writeFileSync(join(disk, 'spec.star'), plain);
    execFileSync('sh', ['-c', `head -c 60000000 /dev/zero > ${join(disk, 'ballast')} 2>/dev/null || true`]);
    const { code, stdout, stderr } = await faultbox(disk, ['test', 'spec.star']);
    expect(stdout + stderr).not.toMatch(noStack);
    expect(stdout + stderr).toMatch(/disk is full|no space/i);
    expect(code).toBe(3);
  });
});

describe('a damaged bus', () => {
  const damaged = async (damage: (file: string) => void, room = 'runner') => {
    const { stdout } = await at.test(plain);
    const run = /run ([0-9a-f]+)\n/.exec(stdout)![1]!;
    damage(join(at.dir, '.faultbox', 'bus', run, `${room}.avro`));
    at.removeStore();
    return faultbox(at.dir, ['check', run]);
  };

  test('a flipped byte: the file and the place are named, exit code 3', async () => {
    const { code, stderr, stdout } = await damaged((file) => {
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 0xff;
      writeFileSync(file, bytes);
    });
    expect(stderr + stdout).toMatch(/runner\.avro is damaged at byte [0-9]+/);
    expect([code, stderr]).toEqual([3, expect.not.stringMatching(noStack)]);
  });

  test('a flipped byte in what a collector wrote: nothing is judged without it', async () => {
    const flip = (file: string) => {
      const bytes = readFileSync(file);
      bytes[bytes.length - 30]! ^= 0xff;
      writeFileSync(file, bytes);
    };
    const { code, stderr, stdout } = await damaged(flip, 'syscall');
    expect([code, stderr, stdout]).toEqual([3, expect.stringMatching(/syscall\.avro is damaged at byte [0-9]+/), '']);
    expect(stderr).not.toMatch(noStack);
  });

  test('a file of another version of faultbox: said so, and nothing is judged without it', async () => {
    const { code, stderr, stdout } = await damaged((file) => {
      const head = headOfAnotherVersion('stdout');
      writeFileSync(file, Buffer.concat([head, readFileSync(file).subarray(head.length)]));
    }, 'stdout');
    expect([code, stderr, stdout]).toEqual([3, expect.stringMatching(/stdout\.avro was written by another version of faultbox/), '']);
  });

  test('a torn tail is what a killed process leaves: what lies before it is read', async () => {
    const { stderr, stdout } = await damaged((file) => truncateSync(file, statSync(file).size - 7));
    expect(stderr + stdout).not.toMatch(noStack);
    expect(stdout).toContain('test_a');
  });

  test('rubbish behind the last block', async () => {
    const { code, stderr } = await damaged((file) => appendFileSync(file, Buffer.alloc(100, 7)));
    expect([code, stderr]).toEqual([3, expect.stringMatching(/runner\.avro is damaged at byte/)]);
  });

  test('a run that is not there', async () => {
    const { code, stderr } = await faultbox(at.dir, ['check', 'nothing']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no run "nothing"')]);
  });
});

test('a service of another user writes to its stdout by every path, and has its own temporary folder', async () => {
  at.write(
    'writer.sh',
    '#!/bin/sh\necho direct\necho reopened > /dev/stdout\nid -un\necho x > "$TMPDIR/file" && echo wrote\nexec sleep 100\n',
    0o755,
  );
  chmodSync(at.dir, 0o755);
  const { code, stdout } = await at.test(
    'w = service("w", "writer.sh", user = "nobody")\ndef test_lines():\n    assert_eventually(type = "stdout", msg = "wrote")\n    print([e.data["msg"] for e in events(type = "stdout")])\n',
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining('["direct", "reopened", "nobody", "wrote"]')]);
});

test('a service that ends by itself after it was ready is an event, and no error', async () => {
  at.write('brief.sh', '#!/bin/sh\necho bye\nexit 3\n', 0o755);
  const { code, stdout } = await at.test(
    'w = service("w", "brief.sh")\ndef test_ends():\n    e = assert_eventually(type = "lifecycle", service = "w", event = "exited")\n    assert_eq(e.data["code"], 3)\n    sleep("200ms")\n    assert_eventually(type = "stdout", msg = "bye")\n',
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_ends')]);
});

test('another user of the machine can neither query the engine nor read a file through it', async () => {
  at.write('spec.star', `${pair}\ndef test_a():\n    sleep("3s")\n`);
  const child = spawn(command, ['test', 'spec.star'], { cwd: at.dir, stdio: 'ignore' });
  const ended = once(child, 'close');
  await until(() => tree(child.pid!).some((p) => p.command.includes('mock-api')));
  const store = join(at.dir, '.faultbox', 'store');
  const port = readdirSync(store)
    .filter((f) => f.includes('port'))
    .map((f) => readFileSync(join(store, f), 'utf8').trim())[0]!;
  const ask = (query: string, auth = '') =>
    execFileSync('curl', ['-s', `http://${auth}127.0.0.1:${port}/`, '--data-binary', query], { encoding: 'utf8' });
  for (const query of ["SELECT * FROM file('/etc/passwd', LineAsString)", 'SELECT count() FROM faultbox.events', 'SHOW DATABASES'])
    expect(ask(query)).not.toMatch(/^(root:|faultbox|[0-9]+\n$)/m);
  expect(() =>
    execFileSync('setpriv', ['--reuid', '65534', '--regid', '65534', '--clear-groups', 'sh', '-c', `cat ${store}/*`], { stdio: 'pipe' }),
  ).toThrow();
  await ended;
});
