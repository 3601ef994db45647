import { expect, test } from 'vitest';
import { call, execFile, StarlarkFunction, StarlarkList, Thread } from '../starlark/index.ts';
import { translate, type Translation } from './index.ts';
import { predicate } from './testing.ts';

const PRELUDE = `
seen = []
def busy(e):
    seen.append(e)
    return True
def twice(e):
    x = e.fd
    return x == 1
def again(e):
    return e.fd == 1 or again(e)
def one(e):
    return e.fd == 1 or two(e)
def two(e):
    return one(e)
`;

const why = (t: Translation): string => (t.kind === 'none' ? t.why : t.kind);

test('what may have an effect runs on every event', () => {
  for (const [source, reason] of [
    ['lambda e: print(e) or True', 'print() may have an effect'],
    ['lambda e: False and print(e)', 'print() may have an effect'],
    ['lambda e: e.fd == 1 and fail("no")', 'exact'],
    ['lambda e: seen.append(e) == None', 'append() changes its value'],
    ['lambda e: [1].append(e)', 'append() changes its value'],
    ['lambda e: e.data.setdefault("a", 1)', 'setdefault() changes its value'],
    ['busy', 'busy does more than return an expression'],
    ['lambda e: busy(e)', 'busy() does more than return an expression'],
    ['lambda e: any([busy(x) for x in [1]])', 'busy() does more than return an expression'],
    ['lambda e: [busy(x) for x in e.data.get("items", [])] == []', 'busy() does more than return an expression'],
    ['lambda e: sorted([1], key = lambda x: busy(x))', 'sorted() calls a function'],
    ['lambda e: (lambda x: x)(e.fd)', 'it calls a function that is only known when it runs'],
    ['lambda e: twice(e)', 'twice() does more than return an expression'],
    ['again', 'again() calls itself'],
    ['one', 'one() calls itself'],
  ] as const) {
    const t = why(translate(predicate(source, PRELUDE)));
    if (reason === 'exact') expect([source, t]).not.toEqual([source, reason]);
    else expect([source, t]).toEqual([source, reason]);
  }
});

/** The lambda that a function makes, called while its module can still change. */
function made(body: string): StarlarkFunction {
  const source = `def make():\n${body
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')}\n`;
  const globals = execFile(new Thread(), { name: 'm.star', source, predeclared: new Map(), load: () => new Map() });
  const p = call(new Thread(), globals.get('make') ?? null, []);
  if (!(p instanceof StarlarkFunction)) throw new Error('a function was expected');
  return p;
}

test('what is captured and can still change is not taken as it is now', () => {
  expect(why(translate(made('ids = [1]\nreturn lambda e: e.fd in ids')))).toBe('ids can still change');
  expect(why(translate(made('ids = {"a": 1}\nreturn lambda e: e.path in ids')))).toBe('ids can still change');
  expect(why(translate(made('ids = ([1], 2)\nreturn lambda e: e.fd in ids[0]')))).toBe('ids can still change');
  expect(why(translate(made('return lambda e, ids = [1]: e.fd in ids')))).toBe('a default of lambda() can still change');
  expect(why(translate(made('ids = (1, 2)\nreturn lambda e: e.fd in ids')))).toBe('exact');
});

test('a captured name has the value that it has when the predicate is translated', () => {
  const p = made('n = [1]\nm = 5\nf = lambda e: e.fd == m\nm = 6\nreturn f');
  const t = translate(p);
  expect(t.kind === 'exact' ? Object.values(t.where.params).map((x) => x.value) : t).toEqual(['6']);
  expect(call(new Thread(), p.lookup('m') === 6 ? made('return lambda: []') : null, [])).toBeInstanceOf(StarlarkList);
});
