import { expect, test } from 'vitest';
import {
  call,
  check,
  EvalError,
  execFile,
  fromJson,
  HostObject,
  builtin,
  parse,
  repr,
  StarlarkError,
  StarlarkFunction,
  StarlarkList,
  Thread,
  toJson,
  withBody,
  type Value,
} from './index.ts';

function run(source: string, predeclared: Map<string, Value> = new Map(), stepLimit = 100_000): Map<string, Value> {
  return execFile(new Thread({ stepLimit, print: () => undefined }), {
    name: 'a.star',
    source,
    predeclared,
    load: () => new Map([['x', 1]]),
  });
}

function failure(source: string, predeclared?: Map<string, Value>): StarlarkError {
  try {
    run(source, predeclared);
  } catch (error) {
    if (error instanceof StarlarkError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

class Event extends HostObject {
  readonly starlarkType = 'event';
  override getAttr(name: string): Value | undefined {
    return name === 'type' ? 'wal' : undefined;
  }
  override attrNames(): string[] {
    return ['type', 'service'];
  }
  override toStarlarkString(): string {
    return '<event>';
  }
}

test('an error shows the line, the exact span, the nearest name and the calls that led to it', () => {
  const source = 'def f(l):\n    return l.appendd(1)\n\ndef g():\n    return f([])\n\ng()\n';
  expect(failure(source).format(() => source)).toBe(
    [
      'a.star:2:14: list has no .appendd field or method',
      '  2 |     return l.appendd(1)',
      '    |              ^^^^^^^',
      "  did you mean '.append'?",
      'called from',
      '  a.star:5:12 in g',
      '  a.star:7:1 in <toplevel>',
    ].join('\n'),
  );
});

test('all syntax errors of a file are reported', () => {
  const parsed = parse('a.star', 'x = = 1\nif True:\n    y = (\nz = 2\nimport os\ndef f(a, a):\n    pass\n');
  expect(parsed.ok ? [] : parsed.errors.map((e) => e.span.line)).toEqual([1, 3, 6]);
  const separate = parse('a.star', 'x = = 1\ndef f(a, a):\n    return 1 +\nimport os\n');
  expect(separate.ok ? [] : separate.errors.map((e) => e.span.line)).toEqual([1, 2, 3, 4]);
});

test('nesting is limited with a message', () => {
  for (const source of ['('.repeat(10_000), `${'-'.repeat(10_000)}1`, `x = ${'1 + '.repeat(10_000)}1`, `x = a${'.b'.repeat(10_000)}`]) {
    const parsed = parse('a.star', source);
    expect(parsed.ok ? '' : parsed.errors[0]?.message).toMatch(/more than 400/);
  }
});

test('names are checked before anything runs', () => {
  const checked = check('a.star', 'def f():\n    return servce\n', ['service']);
  expect(checked.ok ? null : checked.errors[0]?.hint).toBe("did you mean 'service'?");
});

test('what a module made is frozen after it has loaded', () => {
  const globals = run('l = [[1]]\ndef f(x = []):\n    l[0].append(x)\n');
  expect(() => call(new Thread(), globals.get('f') ?? null, [])).toThrow('cannot append to frozen list');
});

test('a thread can be used again after an error', () => {
  const globals = run('def f(x):\n    for i in [1]:\n        return g(x)\ndef g(x):\n    return 1 // x\n');
  const thread = new Thread();
  const f = globals.get('f') ?? null;
  expect(() => call(thread, f, [0])).toThrow('division by zero');
  expect(call(thread, f, [1])).toBe(1);
  expect(thread.top).toBe(null);
});

test('steps are limited', () => {
  expect(failure('def f():\n    for i in range(1000000):\n        pass\nf()').message).toBe('stopped after 100000 steps');
});

test('host values: attributes, nearest attribute, identity', () => {
  const predeclared = new Map<string, Value>([
    ['e', new Event()],
    [
      'bad',
      builtin('bad()', () => {
        throw new EvalError('no', 'try again');
      }),
    ],
  ]);
  expect(run('x = (e.type, e == e, {e: 1}[e])', predeclared).get('x')).toMatchObject({ items: ['wal', true, 1] });
  expect(failure('e.typ', predeclared).hint).toBe("did you mean '.type'?");
  expect(failure('bad()', predeclared).hint).toBe('try again');
});

test('a function tells its node, its source and the names it uses', () => {
  const globals = run('LEVEL = "ERROR"\ndef make(n):\n    return lambda e: e == n and LEVEL\np = make(3)\n');
  const p = globals.get('p');
  if (!(p instanceof StarlarkFunction)) throw new Error('a function was expected');
  expect([p.lookup('n'), p.lookup('LEVEL'), p.lookup('len') !== undefined, p.lookup('nothing')]).toEqual([3, 'ERROR', true, undefined]);
  expect(p.source.slice(p.span.start, p.span.end)).toBe('lambda e: e == n and LEVEL');
  const { body } = p.node;
  if (!('kind' in body) || body.kind !== 'logical') throw new Error('a conjunction was expected');
  expect(call(new Thread(), withBody(p, body.left), [3])).toBe(true);
});

test('load gives names, and names the nearest one', () => {
  expect(run('load("m.star", y = "x")\nz = y + 1\n').get('z')).toBe(2);
  expect(run('load("m.star", "x")').has('x')).toBe(false);
  expect(failure('load("m.star", "_x")').message).toMatch('private');
});

test('JSON is read and written without loss', () => {
  for (const text of ['{"a":[1,2.5,123456789012345678901234567890,1.0],"b":null}', '"\\ud83d\\ude00"', '[]', '-0.5', '1e+100']) {
    expect(fromJson(toJson(fromJson(text)))).toEqual(fromJson(text));
  }
  expect(repr(fromJson('[1.0, 1, true, {"k": null}]'))).toBe('[1.0, 1, True, {"k": None}]');
  for (const bad of ['', '[1,]', '{"a"}', '01', 'tru', '"\n"', '1 2', '[', '1e400']) expect(() => fromJson(bad)).toThrow(/^json: /);
});

test('JSON may hold strings of millions of characters', () => {
  for (const part of ['x', '\\n']) expect((fromJson(`"${part.repeat(16_000_000)}"`) as string).length).toBe(16_000_000);
  for (const text of ['"never ends', '"a\nb"', '"\\x"', '"\\"']) expect(() => fromJson(text)).toThrow('invalid string');
});

test('long sequences are limited', () => {
  expect(failure('x = "a" * (1 << 40)').message).toMatch('too large');
  expect(failure('x = [0] * (1 << 40)').message).toMatch('too large');
  expect(failure('x = list(range(1 << 40))').message).toMatch('too large');
  expect(new StarlarkList([1]).items.length).toBe(1);
});
