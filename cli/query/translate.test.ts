import { expect, test } from 'vitest';
import { execFile, StarlarkFunction, Thread } from '../starlark/index.ts';
import { clauses, dependsOn, translate } from './index.ts';

const PRELUDE = `
KINDS = ["stdout", "wal"]
seen = []
def is_error(e):
    return e.data.get("level") in ["ERROR", "FATAL"]
def big(e, least = 10):
    if e.size == None:
        return False
    return e.size > least
def busy(e):
    seen.append(e)
    return True
`;

function predicate(source: string): StarlarkFunction {
  const globals = execFile(new Thread(), {
    name: 'p.star',
    source: `${PRELUDE}\np = ${source}\n`,
    predeclared: new Map(),
    load: () => new Map(),
  });
  const p = globals.get('p');
  if (!(p instanceof StarlarkFunction)) throw new Error('a function was expected');
  return p;
}

const kind = (source: string): string => translate(predicate(source)).kind;

test('columns are exact', () => {
  for (const source of [
    'lambda e: e.type == "wal"',
    'lambda e: e.type in KINDS and e.service != "db"',
    'lambda e: e.errno == None',
    'lambda e: e.size and big(e, 5)',
    'lambda e: e.duration_ns == 1.5',
  ])
    expect([source, kind(source)]).toEqual([source, 'exact']);
});

test('values are parameters, never text', () => {
  const t = translate(predicate('lambda e: e.path == "it\'s; DROP"'));
  expect(t.kind === 'none' ? null : t.where).toEqual({
    text: '(isNotNull(`path`) AND assumeNotNull(`path`) = {p0:String})',
    params: { p0: { type: 'String', value: "it's; DROP" } },
  });
});

test('what may raise, and what reads data, is a prefilter that says where it is exact', () => {
  const t = translate(predicate('lambda e: e.path.startswith("/tmp")'));
  expect(t).toMatchObject({ kind: 'prefilter', unless: { text: 'NOT (isNotNull(`path`))' } });
  expect(translate(predicate('lambda e: e.data.get("n") == 5'))).toMatchObject({ kind: 'prefilter', unless: { text: 'NOT json_ok' } });
  expect(translate(predicate('lambda e: "x" in e.data.get("msg", "").lower()'))).toMatchObject({
    kind: 'prefilter',
    unless: { text: expect.stringContaining('lengthUTF8') },
  });
});

test('predicates with effects are not translated', () => {
  for (const source of [
    'lambda e: print(e) or True',
    'lambda e: seen.append(e) == None',
    'busy',
    'lambda e: busy(e)',
    'lambda e: any([busy(x) for x in [1]])',
  ]) {
    expect([source, kind(source)]).toEqual([source, 'none']);
  }
});

test('a misspelt attribute raises on every row that reaches it', () => {
  const misspelt = translate(predicate('lambda e: e.typ == "wal"'));
  expect(misspelt).toMatchObject({ kind: 'prefilter', where: { text: '1' }, unless: { text: '1' } });
  const t = translate(predicate('lambda e: e.type == "wal" and e.clock.get("db") == 1'));
  expect(t.kind === 'none' ? '' : t.where.text).toBe('`type` = {p0:String}');
});

test('clauses are the conjuncts with their text', () => {
  const found = clauses(predicate('lambda e, n = 3: e == n and (n > 1 or e) and n // 0'));
  expect(found.map((c) => c.source)).toEqual(['e == n', 'n > 1 or e', 'n // 0']);
  expect(found.map((c) => c.test(new Thread(), 3).kind)).toEqual(['true', 'true', 'raised']);
});

test('what a predicate depends on', () => {
  expect(dependsOn(predicate('lambda e: e.type == "wal" and e.service in ["db", "api"]'))).toEqual({
    types: ['wal'],
    services: ['db', 'api'],
    topics: null,
    tables: null,
  });
  expect(dependsOn(predicate('lambda e: e.type == "wal" or "stdout" == e.type'))).toEqual({
    types: ['wal', 'stdout'],
    services: null,
    topics: null,
    tables: null,
  });
  expect(dependsOn(predicate('lambda e: e.type == "wal" or e.fd == 1')).types?.sort()).toEqual(['fault', 'syscall', 'wal']);
  expect(dependsOn(predicate('lambda e: not e.type == "wal"')).types).toBeNull();
  expect(dependsOn(predicate('lambda e: e.topic in ["a", "b"] and e.data["n"] == 1')).topics).toEqual(['a', 'b']);
  expect(dependsOn(predicate('lambda e: e.table == "a" and e.action == "INSERT"'))).toMatchObject({
    types: ['wal'],
    topics: null,
    tables: ['a'],
  });
  expect(dependsOn(null, new Map([['topic', 'a']]))).toMatchObject({ types: ['topic'], topics: ['a'] });
  expect(dependsOn(null, new Map([['topic', 'a*']]))).toMatchObject({ types: ['topic'], topics: null });
  expect(dependsOn(predicate('lambda e: e.type in ["wal", "stdout"]'), new Map([['type', 'wal']])).types).toEqual(['wal']);
  expect(dependsOn(predicate('lambda e: e.topic != "a"')).topics).toBeNull();
  expect(dependsOn(predicate('lambda e: e.topic.startswith("a")')).topics).toBeNull();
  expect(dependsOn(predicate('lambda e: e.type in KINDS and e.type == "wal" and is_error(e)')).types).toEqual(['wal']);
});
