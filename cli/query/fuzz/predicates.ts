import type { Random } from './random.ts';

const STRINGS = [
  '"orders"', '"x"', '""', '"1"', '"true"', '"ümlaut"', '"k"', '"é"', '"error"', '"wal"', '"a"', '"%"', '"\\U0001F600"',
  '"it\'s \\\\ \\"q\\""', 'WORD',
];
const NUMBERS = [
  '0', '1', '-1', '5', '7', '1.0', '1.5', '0.1', '9007199254740992', '9007199254740992.0', '9223372036854775807', '18446744073709551615',
  '18446744073709551616', '1e300', 'LIMIT',
];
const OTHERS = ['None', 'True', 'False', '[]', '{}', '("a",)'];
const KEYS = ['"t"', '"o"', '"items"', '"level"', '"msg"', '"table"', '"a b"', '"ü"', '""'];
const TEXT_COLUMNS = ['type', 'service', 'path', 'errno', 'label', 'table', 'key', 'lsn'];
const INT_COLUMNS = ['seq', 'at', 'fd', 'pid', 'size', 'ret', 'xid', 'offset'];
const LISTS = ['["orders", 1, None]', '("a", "orders", "1")', '[1, 1.5, True]', 'SET', 'DICT', '[]', '["wal", "stdout"]', '[[], {}]'];

/** What generated predicates can use, as Starlark source. */
export const PRELUDE = `
WORD = "orders"
LIMIT = 5
SET = set(["orders", 1, None])
DICT = {"wal": 1, "orders": 2, 7: 3}
def same(x, y = "orders"):
    return x == y
def sized(x, least = 1):
    if x == None:
        return False
    return len(x) >= least
def nested(e):
    return e.type == "wal" and same(e.data.get("t"))
`;

/** A random predicate over everything that is translated, as source text. */
export function randomPredicate(random: Random): string {
  return `lambda e: ${test(random, random.pick([0, 1, 2, 3]))}`;
}

function test(r: Random, depth: number): string {
  if (depth === 0 || r.chance(0.2)) return leaf(r);
  const inner = (): string => test(r, depth - 1);
  switch (r.pick(['and', 'and', 'or', 'not', 'if', 'eq'])) {
    case 'and': return `(${inner()} and ${inner()})`;
    case 'or': return `(${inner()} or ${inner()})`;
    case 'not': return `(not ${inner()})`;
    case 'if': return `(${inner()} if ${inner()} else ${inner()})`;
    default: return `((${inner()}) ${r.pick(['==', '!='])} ${r.pick(['True', 'False', '1', 'None'])})`;
  }
}

const LEAVES = [
  'eq', 'eq', 'order', 'in', 'contains', 'affix', 'truth', 'len', 'mod', 'type', 'quantifier', 'helper', 'two', 'fold', 'none',
] as const;

function leaf(r: Random): string {
  const x = value(r);
  switch (r.pick(LEAVES)) {
    case 'eq': return `${x} ${r.pick(['==', '!='])} ${constant(r)}`;
    case 'order': return `${x} ${r.pick(['<', '<=', '>', '>='])} ${constant(r)}`;
    case 'in': return `${x} ${r.pick(['in', 'not in'])} ${r.pick(LISTS)}`;
    case 'contains': return `${constant(r)} ${r.pick(['in', 'not in'])} ${x}`;
    case 'affix': return `${x}.${r.pick(['startswith', 'endswith'])}(${r.pick([...STRINGS, '("o", "1")', '("or", 1)', '5'])})`;
    case 'len': return `len(${x}) ${r.pick(['==', '>', '<='])} ${r.pick(['0', '1', '2', '6'])}`;
    case 'mod': {
      const result = `${x} ${r.pick(['%', '//', '+', '-', '*'])} ${r.pick(['2', '3', '7', '1000000007'])}`;
      return `${result} ${r.pick(['==', '<', '>='])} ${r.pick(['0', '1', '-4', '1.5', '9223372036854775807'])}`;
    }
    case 'type': {
      const right = r.pick(['"string"', '"int"', '["int", "NoneType"]', '"True"', '1', '[True]', '"5"']);
      return `${r.pick(['type', 'str', 'bool', 'int'])}(${x}) ${r.pick(['==', 'in'])} ${right}`;
    }
    case 'quantifier': return quantifier(r);
    case 'helper': {
      const other = constant(r);
      return r.pick([`same(${x})`, `same(${x}, y = ${other})`, `sized(${x})`, 'nested(e)', `same(y = ${x}, x = ${other})`]);
    }
    case 'two': return `${x} ${r.pick(['==', '!=', '<', 'in'])} ${value(r)}`;
    case 'fold': return `${constant(r)} ${r.pick(['==', 'in'])} ${x}.${r.pick(['lower()', 'upper()', 'strip()', 'strip("o")'])}`;
    case 'none': return `${x} ${r.pick(['==', '!='])} None`;
    default: return x;
  }
}

function quantifier(r: Random): string {
  const item = r.pick(['x', 'x', 'x.get("k")', 'x["k"]']);
  const body = r.pick([
    `${item} == ${constant(r)}`, `${item} ${r.pick(['<', '>'])} ${constant(r)}`, `${item} in ${r.pick(LISTS)}`,
    item, `len(x) > ${r.pick(['0', '1'])}`,
  ]);
  const condition = r.chance(0.3) ? ` if ${r.pick(['x != None', 'x', 'x != 1', 'type(x) == "dict"'])}` : '';
  const list = r.pick([
    'e.data.get("items", [])', 'e.data["items"]', 'e.data.get("t")', 'e.data.get("o", {}).get("z", [])', '[1, "orders", None]',
  ]);
  return `${r.pick(['any', 'all'])}([${body} for x in ${list}${condition}])`;
}

/** A value of the event. */
function value(r: Random): string {
  const key = (): string => r.pick(KEYS);
  switch (r.pick(['get', 'get', 'get', 'default', 'index', 'nested', 'text', 'int', 'either', 'getattr', 'sign'])) {
    case 'get': return `e.data.get(${key()})`;
    case 'default': return `e.data.get(${key()}, ${constant(r)})`;
    case 'index': return `e.data[${key()}]`;
    case 'nested': return r.pick(
      ['e.data.get("o", {}).get("z")', 'e.data["o"]["z"]', 'e.data.get("o").get("z")', 'e.data.get("o", {}).get("z", {}).get("y", 3)'],
    );
    case 'text': return `e.${r.pick(TEXT_COLUMNS)}`;
    case 'int': return `e.${r.pick(INT_COLUMNS)}`;
    case 'either': return `(e.data.get(${key()}) ${r.pick(['or', 'and'])} ${r.pick([constant(r), `e.${r.pick(TEXT_COLUMNS)}`])})`;
    case 'getattr': return `getattr(e, "${r.pick([...TEXT_COLUMNS, ...INT_COLUMNS])}", None)`;
    default: return `-e.${r.pick(INT_COLUMNS)}`;
  }
}

function constant(r: Random): string {
  return r.pick([r.pick(STRINGS), r.pick(STRINGS), r.pick(NUMBERS), r.pick(OTHERS)]);
}
