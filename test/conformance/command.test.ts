import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, faultbox, Playground } from '../faultbox.ts';

let playground: Playground;
beforeAll(() => {
  playground = new Playground('faultbox-starlark-');
});
afterAll(() => playground.remove());

function write(name: string, content: string | Buffer): void {
  const path = join(playground.dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function run(name: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await faultbox(playground.dir, ['starlark', name]);
  return { code, stdout, stderr };
}

/** Each ends with exit 1 and this message, and nothing else. On a machine that is busy the limit of time may come before that of memory. */
const PROGRAMS: readonly (readonly [string, string, RegExp])[] = [
  ['an endless loop', 'def f():\n    for i in range(1 << 50):\n        pass\nf()\n', /^a\.star:2:14: stopped after 30000000 steps/],
  ['a string that is too long', 'x = "a" * 10000000000\n', /^a\.star:1:5: a string of 10000000000 characters is too large/],
  ['a list that is too long', 'x = [0] * 10000000000\n', /^a\.star:1:5: a sequence of 10000000000 elements is too large/],
  ['a list that doubles', 'l = [1]\nfor i in range(99):\n    l += l\n', /^a\.star:3:5: a sequence of \d+ elements is too large/],
  ['a string that doubles', 's = "a"\nfor i in range(99):\n    s += s\n', /^a\.star:3:5: a string of \d+ characters is too large/],
  ['a shift that is too far', 'x = 1 << 1000000000\n', /^a\.star:1:5: shift count too large/],
  ['an int that squares itself', 'x = 3\nfor i in range(99):\n    x = x * x\n', /^a\.star:3:9: an int of \d+ bits is too large/],
  ['a range that is made a list', 'x = list(range(10000000000))\n', /^a\.star:1:5: a sequence of 10000000000 elements is too large/],
  [
    'many large lists',
    'l = []\nfor i in range(1000000):\n    l.append([0] * 1000000)\n',
    /holds more than 512 MiB of values|stopped after 10 s/,
  ],
  [
    'many small dicts',
    'l = []\nfor i in range(1 << 40):\n    l.append({"a": [i]})\n',
    /holds more than 512 MiB of values|stopped after 10 s/,
  ],
  [
    'a dict that grows',
    'd = {}\nfor i in range(1 << 40):\n    d[i] = i\n',
    /more than 2097152 entries in a dict or set|stopped after 10 s/,
  ],
  ['deep parentheses', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}\n`, /nested more than 400 levels deep/],
  ['deep lists', `x = ${'['.repeat(10_000)}1${']'.repeat(10_000)}\n`, /nested more than 400 levels deep/],
  ['many unary operators', `x = ${'-'.repeat(10_000)}1\n`, /nested more than 400 levels deep/],
  [
    'a long elif',
    `if 1:\n    pass\n${'elif 1:\n    pass\n'.repeat(10_000)}`,
    /^a\.star:799:6: syntax error: nested more than 400 levels deep\n.*\n.*\n.*\n$/,
  ],
  ['deep ifs', `${Array.from({ length: 2500 }, (_, i) => `${' '.repeat(i)}if 1:\n`).join('')}`, /nested more than 400 levels deep/],
  [
    'a deep value that is printed',
    'l = []\nfor i in range(100000):\n    l = [l]\nprint(l)\n',
    /^a\.star:4:1: the value nests more than 400 levels/,
  ],
  ['a value that contains itself', 'l = []\nl.append(l)\nm = []\nm.append(m)\nl == m\n', /^a\.star:5:1: comparison exceeded/],
  ['a huge width', 'x = "%1000000000d" % 1\n', /^a\.star:1:5: unknown conversion %1/],
  ['a source that is too large', 'x = 1\n'.repeat(2_000_000), /^a\.star is larger than 4 MiB/],
  ['a source full of errors', 'x = = 1\n'.repeat(100_000), /and 980 more errors\n$/],
  ['a binary file', '\0\x01\x02', /^a\.star is a binary file/],
];

test.each(PROGRAMS)(
  '%s ends with a sentence',
  async (_, source, wanted) => {
    write('a.star', source);
    const { code, stdout, stderr } = await run('a.star');
    expect(stderr).toMatch(wanted);
    expect({ code, stdout, trace: /\n\s+at /.test(stderr) }).toEqual({ code: 1, stdout: '', trace: false });
  },
  60_000,
);

test('a path without a source is named', async () => {
  write('folder/x.star', '');
  write('latin.star', Buffer.from('x = 1\ny = "\xe9"\n', 'latin1'));
  expect(await run('none.star')).toEqual({ code: 1, stdout: '', stderr: 'There is no file none.star.\n' });
  expect(await run('folder')).toEqual({ code: 1, stdout: '', stderr: 'folder is a folder, not a .star file.\n' });
  expect(await run('latin.star')).toEqual({ code: 1, stdout: '', stderr: 'latin.star:2: the text is not UTF-8.\n' });
});

test('empty files, a byte order mark and Windows line ends are fine', async () => {
  write('empty.star', '');
  write('bom.star', '\ufeffprint("bom")');
  write('windows.star', 'if True:\r\n    print("""a\r\nb""".splitlines())\r\n');
  expect(await run('empty.star')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(await run('bom.star')).toEqual({ code: 0, stdout: 'bom\n', stderr: '' });
  expect(await run('windows.star')).toEqual({ code: 0, stdout: '["a", "b"]\n', stderr: '' });
});

test('a reader that goes away ends the program quietly, a full disk with a sentence', async () => {
  write('talk.star', 'for i in range(10000000):\n    print(i)\n');
  const child = spawn(command, ['starlark', 'talk.star'], { cwd: playground.dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (d) => (stderr += String(d)));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const full = spawnSync('sh', ['-c', `'${command}' starlark talk.star > /dev/full`], { cwd: playground.dir, encoding: 'utf8' });
  expect([full.status, full.stderr]).toEqual([1, 'The output could not be written: ENOSPC.\n']);
}, 60_000);

test('load brings names from the folder and below, each file once, links resolved', async () => {
  write('main.star', 'load("lib/a.star", "f")\nload("link.star", again = "f")\nprint(f(1), f == again)\n');
  write('lib/a.star', 'load("b.star", "k")\nprint("a runs")\ndef f(x):\n    return x + k\n');
  write('lib/b.star', 'k = 41\n');
  symlinkSync('lib/a.star', join(playground.dir, 'link.star'));
  expect(await run('main.star')).toEqual({ code: 0, stdout: 'a runs\n42 True\n', stderr: '' });
});

test('load refuses what is not there, what lies outside, what is no source, and circles', async () => {
  symlinkSync('/etc/passwd', join(playground.dir, 'passwd.star'));
  write('self.star', 'load("self.star", "x")\n');
  write('one.star', 'load("sub/two.star", "x")\n');
  write('sub/two.star', 'load("../one.star", "x")\n');
  write('binary.star', '\0');
  const cases: readonly [string, string, RegExp][] = [
    ['a.star', 'load("none.star", "x")\n', /^a\.star:1:6: there is no file "none\.star" in this folder\n/],
    ['a.star', 'load("passwd.star", "x")\n', /^a\.star:1:6: "passwd\.star" lies outside of the folder /],
    ['a.star', 'load("/etc/passwd", "x")\n', /^a\.star:1:6: "\/etc\/passwd" lies outside of the folder /],
    ['a.star', 'load("binary.star", "x")\n', /^a\.star:1:6: "binary\.star" is a binary file/],
    ['self.star', 'load("self.star", "x")\n', /^self\.star:1:6: "self\.star" loads itself/],
    [
      'one.star',
      'load("sub/two.star", "x")\n',
      /^sub\/two\.star:1:6: [^]*one\.star loads sub\/two\.star loads one\.star\n[^]*one\.star:1:6/,
    ],
  ];
  for (const [name, source, wanted] of cases) {
    write(name, source);
    const { code, stderr } = await run(name);
    expect(stderr).toMatch(wanted);
    expect(code).toBe(1);
  }
});
