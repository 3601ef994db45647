import { expect, test } from 'vitest';
import { EvalError, execFile, StarlarkError, Thread, type Value } from '../../cli/starlark/index.ts';

/** What people read when this file (which can load the others) runs. */
function message(source: string, others: Record<string, string> = {}): string {
  const sources = new Map(Object.entries({ 'main.star': source, ...others }));
  const thread = new Thread({ stepLimit: 100_000, print: () => undefined });
  const exec = (name: string): Map<string, Value> => {
    const text = sources.get(name);
    if (text === undefined) throw new EvalError(`there is no ${name}`);
    return execFile(thread, { name, source: text, predeclared: new Map(), load: exec });
  };
  try {
    exec('main.star');
  } catch (error) {
    if (error instanceof StarlarkError) return error.format((name) => sources.get(name));
    throw error;
  }
  return '';
}

test('the call stack goes through functions, lambdas, builtins with a key, comprehensions and loaded files', () => {
  const lib =
    'def divide(x):\n    return [10 // y for y in [x]][0]\n\ndef order(items):\n    return sorted(items, key = lambda x: divide(x))\n';
  const main = 'load("lib.star", "order")\n\ndef check(l):\n    return order(l)\n\nf = lambda l: check(l)\nf([1, 0])\n';
  expect(message(main, { 'lib.star': lib })).toBe(
    [
      'lib.star:2:13: integer division by zero',
      '  2 |     return [10 // y for y in [x]][0]',
      '    |             ^^^^^^^',
      'called from',
      '  lib.star:5:42 in lambda',
      '  lib.star:5:12 in order',
      '  main.star:4:12 in check',
      '  main.star:6:15 in lambda',
      '  main.star:7:1 in <toplevel>',
    ].join('\n'),
  );
});

test('an error while a file is loaded names the load statements that led there', () => {
  expect(message('load("a.star", "x")\n', { 'a.star': 'load("b.star", "x")\n', 'b.star': 'x = {}["k"]\n' })).toBe(
    [
      'b.star:1:5: key "k" not in dict',
      '  1 | x = {}["k"]',
      '    |     ^^^^^^^',
      '  d.get(key) gives None for a missing key',
      'called from',
      '  a.star:1:6 in <toplevel>',
      '  main.star:1:6 in <toplevel>',
    ].join('\n'),
  );
});

test('the syntax and name errors of a loaded file show together, with the load that asked for it', () => {
  expect(message('load("a.star", "x")\n', { 'a.star': 'def f(x)\n    return x\ny = zz\nz = f(1) +\n' })).toBe(
    [
      "a.star:1:9: syntax error: got the end of the line, want ':'",
      '  1 | def f(x)',
      '    |         ^',
      "a.star:3:5: undefined: 'zz' is not defined",
      '  3 | y = zz',
      '    |     ^^',
      'a.star:4:11: syntax error: got the end of the line, want an expression',
      '  4 | z = f(1) +',
      '    |           ^',
      'called from',
      '  main.star:1:6 in <toplevel>',
    ].join('\n'),
  );
});

test('one mistake is reported once: the elif and else of a broken if, the block of a broken def', () => {
  const lines = [
    ...message('if 1 = 2:\n    a = 1\nelif 2 == :\n    b = 1\nelse:\n    c = (\ndef g(x:\n    return x + 1\nd = a + b + g(1)\n').matchAll(
      /^main\.star:(\d+)/gm,
    ),
  ].map((m) => Number(m[1]));
  expect(lines).toEqual([1, 6, 7]);
});

test('a long line is shown around the error, with the caret under it', () => {
  const [, line = '', caret = ''] = message(`x = "${'a'.repeat(5000)}" + undefinedd + "${'b'.repeat(5000)}"\n`).split('\n');
  expect(line.length).toBeLessThan(140);
  expect(line).toMatch(/^ {2}1 \| …a+" \+ undefinedd \+ "b+…$/);
  expect(line.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('undefinedd');
});

test('tabs, text beyond ASCII and Windows line ends keep the caret in its place', () => {
  expect(message('if True:\r\n\tx = "é😀" + 1\r\n')).toBe(
    [
      'main.star:2:6: unknown binary op: string + int',
      '  2 | \tx = "é😀" + 1',
      '    | \t    ^^^^^^^^^',
      '  convert the other operand with str(…)',
    ].join('\n'),
  );
});

test('an error that spans lines is shown on its first line', () => {
  expect(message('x = [1,\n  2,\n][\n  5]\n')).toMatch('main.star:1:5: list index 5 out of range [-2:1]\n  1 | x = [1,\n    |     ^^^');
});

test('many errors and deep stacks are shortened', () => {
  const many = message('x = = 1\n'.repeat(500));
  expect(many.split('\n').at(-1)).toBe('and 480 more errors');
  const deep = `def f0():\n    return 1 // 0\n${Array.from({ length: 60 }, (_, i) => `def f${i + 1}():\n    return f${i}()\n`).join('')}f60()\n`;
  expect(message(deep)).toMatch(/… 41 more calls …/);
});

test('the nearest name is offered for names, attributes, keys, keyword arguments and loaded names', () => {
  const lib = { 'lib.star': 'service_port = 1\n' };
  for (const [source, near] of [
    ['total = 1\nx = totl\n', "'total'"],
    ['[].apend(1)\n', "'.append'"],
    ['{"host": 1}["hots"]\n', '"host"'],
    ['def f(timeout = 1):\n    pass\nf(timeuot = 2)\n', "'timeout'"],
    ['load("lib.star", "servce_port")\n', "'service_port'"],
    ['sorted([], revers = True)\n', "'reverse'"],
    ['"{name}".format(nme = 1)\n', "'nme'"],
  ] as const) {
    expect(message(source, lib)).toContain(`did you mean ${near}?`);
  }
});
