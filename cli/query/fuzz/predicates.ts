import type { Random } from './random.ts';

// prettier-ignore
const STRINGS = [
  '"orders"', '"x"', '""', '"1"', '"true"', '"ümlaut"', '"k"', '"é"', '"error"', '"wal"', '"a"', '"%"', '"\\U0001F600"', '"db"', '"/"',
  '"it\'s \\\\ \\"q\\""', 'WORD', '"o"', '" "', '","', '"or"', '"\\ue000"', '"\\ufffd"', '"a\\x00b"', 'CONF.word',
];
// prettier-ignore
const NUMBERS = [
  '0', '1', '-1', '5', '7', '1.0', '1.5', '0.1', '9007199254740992', '9007199254740992.0', '9223372036854775807', '18446744073709551615',
  '18446744073709551616', '1e300', 'LIMIT', 'CONF.limit', '-9223372036854775808', '-2.5', 'float("nan")', 'float("inf")', '1 << 70',
];
// prettier-ignore
const OTHERS = [
  'None', 'True', 'False', '[]', '{}', '("a",)', '["orders"]', 'b"\\xff"', 'b"orders"', '[1, 2, 3]', '[[1], [2]]', '()', '{"z": 1}',
];
const KEYS = [
  '"t"',
  '"o"',
  '"items"',
  '"level"',
  '"msg"',
  '"table"',
  '"a b"',
  '"ü"',
  '""',
  '"it\'s"',
  '"a.b"',
  '\'"q"\'',
  '"\\\\"',
  '"path"',
  '"wal"',
];
const TEXT_COLUMNS = ['type', 'service', 'path', 'errno', 'label', 'table', 'key', 'lsn', 'peer', 'decision', 'action', 'topic', 'syscall'];
const INT_COLUMNS = ['seq', 'at', 'fd', 'pid', 'tid', 'size', 'ret', 'xid', 'offset', 'partition', 'duration_ns', 'timestamp_ms'];
// prettier-ignore
const LISTS = [
  '["orders", 1, None]', '("a", "orders", "1")', '[1, 1.5, True]', 'SET', 'DICT', '[]', '["wal", "stdout"]', '[[], {}]', '("wal",)',
  'range(5)',
  'CONF.names', '[("wal", "db"), ("stdout", "api")]', '"orders wal db"',
];

const AFFIXES = ['("o", "1")', '("or", 1)', '5', 'e.service', 'e.label'];
const OPERANDS = ['2', '3', '7', '1000000007', '-3', '0', '1.5', '-0.5', '0.0', 'LIMIT', '9223372036854775807'];
const TYPE_TESTS = ['== "string"', '== "int"', 'in ["int", "NoneType"]', '!= "float"', '== "list"', 'in ("dict", "bytes", "bool")'];

/** What generated predicates can use, as Starlark source. */
export const PRELUDE = `
WORD = "orders"
LIMIT = 5
SET = set(["orders", 1, None])
DICT = {"wal": 1, "orders": 2, 7: 3}
CONF = struct(word = "wal", limit = 7, names = ["db", "orders"])
def same(x, y = "orders"):
    return x == y
def sized(x, least = 1):
    if x == None:
        return False
    return len(x) >= least
def field(e, name, otherwise = None):
    "The value of a key."
    return e.data.get(name, otherwise)
def either(e, a, b):
    return same(field(e, a), field(e, b, 1)) or same(y = field(e, a), x = b)
def nested(e):
    return e.type == "wal" and same(e.data.get("t"))
def sign(x):
    if type(x) != "int":
        return "other"
    elif x < 0:
        return "minus"
    return "plus"
`;

/** A random predicate over everything that is translated, as source text. */
export function randomPredicate(random: Random): string {
  const parameters = random.pick(['e', 'e', 'e', 'e, n = 5', 'e, n = "orders"']);
  return `lambda ${parameters}: ${test(random, random.pick([0, 1, 2, 3]), parameters !== 'e')}`;
}

function test(r: Random, depth: number, hasDefault: boolean): string {
  if (depth === 0 || r.chance(0.2)) return hasDefault && r.chance(0.2) ? `${value(r)} ${r.pick(['==', '!=', '<', 'in'])} n` : leaf(r);
  const inner = (): string => test(r, depth - 1, hasDefault);
  switch (r.pick(['and', 'and', 'or', 'not', 'if', 'eq'])) {
    case 'and':
      return `(${inner()} and ${inner()})`;
    case 'or':
      return `(${inner()} or ${inner()})`;
    case 'not':
      return `(not ${inner()})`;
    case 'if':
      return `(${inner()} if ${inner()} else ${inner()})`;
    default:
      return `((${inner()}) ${r.pick(['==', '!='])} ${r.pick(['True', 'False', '1', 'None'])})`;
  }
}

type Make = (r: Random) => string;

/** The forms of a test that is not made of others. */
// prettier-ignore
const LEAVES: readonly Make[] = [
  (r) => `${value(r)} ${r.pick(['==', '!='])} ${constant(r)}`,
  (r) => `${value(r)} ${r.pick(['==', '!='])} ${constant(r)}`,
  (r) => `${value(r)} ${r.pick(['<', '<=', '>', '>='])} ${constant(r)}`,
  (r) => `${value(r)} ${r.pick(['in', 'not in'])} ${r.pick(LISTS)}`,
  (r) => `${constant(r)} ${r.pick(['in', 'not in'])} ${value(r)}`,
  (r) => `${value(r)}.${r.pick(['startswith', 'endswith'])}(${r.pick([...STRINGS, ...AFFIXES])})`,
  (r) => value(r),
  (r) => `len(${value(r)}) ${r.pick(['==', '>', '<='])} ${r.pick(['0', '1', '2', '6'])}`,
  arithmetic,
  arithmetic,
  (r) => `e.${r.pick(INT_COLUMNS)} ${r.pick(['/', '//', '%'])} e.${r.pick(INT_COLUMNS)} ${r.pick(['== 0', '< 1', '>= 1.5'])}`,
  (r) => `type(${value(r)}) ${r.pick(TYPE_TESTS)}`,
  (r) => `${r.pick(['str', 'bool', 'int', 'float', 'abs', 'list'])}(${value(r)}) ${r.pick(['==', 'in', '!='])} ${constant(r)}`,
  (r) => `${r.pick(['str', 'int', 'float'])}(${value(r)}) == ${r.pick(['"True"', '1', '"5"', '42', '-7', '1.5', '"None"', '"-1"'])}`,
  quantifier, quantifier, strings, strings, strings, sequences, helper, attributes, counts, formats,
  (r) => `${value(r)} ${r.pick(['==', '!=', '<', 'in'])} ${value(r)}`,
  (r) => `${value(r)} ${r.pick(['==', '!='])} None`,
];

function leaf(r: Random): string {
  return r.pick(LEAVES)(r);
}

function arithmetic(r: Random): string {
  const right = r.chance(0.3) ? value(r) : r.pick(OPERANDS);
  if (r.chance(0.2)) {
    return `e.${r.pick(INT_COLUMNS)} * ${r.pick(['2', 'e.at', '-3'])} ${r.pick(['<', '>='])} ${r.pick(['0', '1', 'e.ret'])}`;
  }
  const op = r.pick(['%', '//', '+', '-', '*', '/', '&', '|', '^', '<<', '>>']);
  const left = r.chance(0.2) ? `(${value(r)} ${r.pick(['+', '*', '-'])} ${r.pick(['1', '3', '1.5', 'e.size'])})` : value(r);
  return `${r.pick(['', '', '', '-', '~'])}(${left} ${op} ${right}) ${r.pick(['==', '<', '>=', '!='])} ${r.pick(NUMBERS)}`;
}

/** Methods of strings, positions and slices, one after the other. */
function strings(r: Random): string {
  let text = value(r);
  const steps = r.pick([1, 1, 2]);
  for (let i = 0; i < steps; i++) text = `(${text})${r.pick(STEPS)(r)}`;
  const string = r.pick(STRINGS);
  // prettier-ignore
  return r.pick([
    `${text} == ${string}`, `${text} != ${string}`, `${string} in ${text}`, `${text} in ["o", "orders", 0, 1, -1]`,
    `${text} > ${r.pick(['0', '"b"'])}`,
    `len(${text}) == ${r.pick(['0', '1', '6'])}`, text,
  ]);
}

const STEPS: readonly Make[] = [
  (r) => `.${r.pick(['lower', 'upper', 'strip', 'lstrip', 'rstrip', 'title', 'capitalize', 'split', 'elems', 'splitlines'])}()`,
  (r) => `.${r.pick(['strip', 'lstrip', 'rstrip'])}(${r.pick(['"o"', '"1 "', '"é"', '"]["', '""', '"^-a"', '"\\\\"'])})`,
  (r) => `.${r.pick(['find', 'index', 'count', 'rfind', 'removeprefix', 'removesuffix', 'split'])}(${r.pick([...STRINGS, '5'])})`,
  (r) => `.replace(${r.pick(STRINGS)}, ${r.pick(STRINGS)})`,
  (r) => `.${r.pick(['isdigit', 'isalpha', 'isalnum', 'isspace', 'isupper', 'islower', 'istitle'])}()`,
  (r) => `[${r.pick(['0', '1', '-1', '5', '-6', '-7', '"k"', '1.5', 'True'])}]`,
  (r) => `.split(${r.pick(['","', '" "', '"/"', '"o"', '"\\ufffd"'])})[${r.pick(['0', '1', '-1', '2', '-3'])}]`,
  (r) => `[${r.pick(['', '0', '1', '-1', '3', '-9', '9'])}:${r.pick(['', '0', '2', '-1', '9', '-9', '6'])}]`,
  (r) => `[${r.pick(['', '1', '-1'])}:${r.pick(['', '2'])}:${r.pick(['', '1', '2', '-1', '0'])}]`,
  (r) => r.pick([' + "x"', ' + e.service', ' * 2', '.get("k")', '.keys()', '.startswith("o", 1)']),
];

/** Lists and tuples made from the event. */
function sequences(r: Random): string {
  return r.pick([
    `(${value(r)}, ${value(r)}) == (${constant(r)}, ${constant(r)})`,
    `(e.type, e.service) in [("wal", "db"), ("stdout", "api")]`,
    `${value(r)} in [${value(r)}, ${constant(r)}]`,
    `len([${value(r)}, ${value(r)}]) == 2`,
    `[${value(r)}][0] == ${constant(r)}`,
    `(${value(r)}, ${constant(r)})[${r.pick(['0', '1', '-1', '2'])}]`,
    `any([${value(r)}, ${value(r)}])`,
    `all([${value(r)}, ${constant(r)}])`,
    `[${value(r)}] ${r.pick(['==', '!='])} [${constant(r)}]`,
    `[${value(r)}, 1][1:] == [1]`,
    `{"a": ${constant(r)}}.get("a") == ${value(r)}`,
  ]);
}

function quantifier(r: Random): string {
  const item = r.pick(['x', 'x', 'x.get("k")', 'x["k"]', 'x[0]', 'str(x)']);
  // prettier-ignore
  const body = r.pick([
    `${item} == ${constant(r)}`, `${item} ${r.pick(['<', '>'])} ${constant(r)}`, `${item} in ${r.pick(LISTS)}`,
    item, `len(x) > ${r.pick(['0', '1'])}`, `${item} == ${value(r)}`, `any([y == ${constant(r)} for y in x])`, 'x.startswith("o")',
  ]);
  return `${r.pick(['any', 'all'])}([${body} for x in ${iterable(r)}${condition(r)}])`;
}

function condition(r: Random): string {
  return r.chance(0.3) ? ` if ${r.pick(['x != None', 'x', 'x != 1', 'type(x) == "dict"', 'e.fd == 5'])}` : '';
}

function iterable(r: Random): string {
  // prettier-ignore
  return r.pick([
    'e.data.get("items", [])', 'e.data["items"]', 'e.data.get("t")', 'e.data.get("o", {}).get("z", [])', '[1, "orders", None]', 'e.data',
    'e.data.get("o", {})', 'e.data.get("msg", "").split(",")', 'e.data.keys()', 'e.data.values()', '[e.type, e.path]', 'e.path.split("/")',
    'e.clock',
  ]);
}

/** Comprehensions of which only the length counts. */
function counts(r: Random): string {
  const body = r.pick(['x', 'x["k"]', 'x + 1', 'x.get("k")', 'len(x)', '1']);
  const list = `[${body} for x in ${iterable(r)}${condition(r)}]`;
  // prettier-ignore
  return r.pick([
    `len(${list}) ${r.pick(['==', '>', '<='])} ${r.pick(['0', '1', '2'])}`, `${list} == []`, `not ${list}`, `${constant(r)} in ${list}`,
    `[k for k, v in e.data.items() if v == 1] == ["t"]`, `sorted(e.data.keys()) == ["t"]`, `len({x: 1 for x in ${iterable(r)}}) > 1`,
    `any(${iterable(r)})`, `all(${iterable(r)})`,
  ]);
}

function helper(r: Random): string {
  const x = value(r);
  const other = constant(r);
  // prettier-ignore
  return r.pick([
    `same(${x})`, `same(${x}, y = ${other})`, `sized(${x})`, `sized(${x}, least = 2)`, 'nested(e)', `same(y = ${x}, x = ${other})`,
    `field(e, ${r.pick(KEYS)}, otherwise = ${other}) == ${constant(r)}`, `either(e, ${r.pick(KEYS)}, ${r.pick(KEYS)})`,
    `sign(${x}) == ${r.pick(['"minus"', '"plus"', '"other"'])}`, `same(${x}, *["orders"])`, `same(sign(${x}), sign(${value(r)}))`,
  ]);
}

/** Attributes that are no columns, and names that no event has. */
function attributes(r: Random): string {
  // prettier-ignore
  return r.pick([
    `e.headers.get("k") == ${constant(r)}`, 'e.headers != None', '"k" in e.headers', 'e.headers["k"] == "orders"',
    'e.headers and e.headers.get("ü")',
    `e.clock.get("db", 0) > ${r.pick(['3', '20'])}`, 'e.clock["db"] == 7', '"api" in e.clock', 'len(e.clock) == 2',
    'e.clock[e.service] == 2',
    `e.fields.get("path") == ${constant(r)}`, `e.fields.get(${r.pick(KEYS)}) == ${constant(r)}`, 'e.fields["fd"] == "5"',
    `e.fields.get("${r.pick([...TEXT_COLUMNS, ...INT_COLUMNS])}", ${constant(r)}) == ${constant(r)}`,
    'e.fields["path"].startswith("/")', 'e.fields.get("t") in ["null", "true", "1", "orders"]', 'e.fields', 'len(e.fields) > 5',
    '"lsn" in e.fields',
    `e.key == ${r.pick(['"orders"', 'b"\\xff"', '"\\ufffd"', 'b"orders"'])}`, `type(e.key) == ${r.pick(['"bytes"', '"string"'])}`,
    'e.key.startswith("o")',
    'e.typ == "wal"', 'hasattr(e, "typ")', 'hasattr(e, "lsn")', `getattr(e, "typ", ${constant(r)}) == ${constant(r)}`, 'getattr(e, "typ")',
    `CONF.word == e.type`, 'CONF.nope', `e.data.get(e.type) == ${constant(r)}`, `e.data.get(e.path, ${constant(r)})`, 'e.data[e.label]',
    `e.data.get(${r.pick(['5', 'None', '[]', 'True', '"t", 1, 2'])})`, 'DICT.get(e.type) == 1', 'DICT[e.type] > 0', 'e.data == {}',
    'e == e',
    `e.data.get("t") == e.data.get("o")`, `e.data.get("level") ${r.pick(['==', '<'])} e.data.get("msg")`, `e.data.get("level") < "\\uf000"`,
    'e.seq', 'e.data.get("t") or e.fd',
  ]);
}

function formats(r: Random): string {
  const x = value(r);
  // prettier-ignore
  return r.pick([
    `"%s" % ${x} == ${r.pick(STRINGS)}`, `"%s:%d" % (e.service, ${x}) == ${r.pick(['"db:1"', '"db:5"', '"api:42"'])}`,
    `"%d" % ${x} == ${r.pick(['"5"', '"1"'])}`,
    `"{}/{}".format(e.service, ${x}) == ${r.pick(['"db/1"', '"db/orders"', '"api/None"'])}`, `"{0}".format(${x}) == "1"`,
    `"%r" % ${x} == "1"`,
    `"%s%%" % ${x} == "1%"`, `"%s" % (${x}, ${x})`, `"{}".format()`, `",".join(${x}.split(" ")) == "SET,key1,v"`,
    `"%s" % (${x},) != "orders"`,
  ]);
}

const VALUES: readonly Make[] = [
  (r) => `e.data.get(${r.pick(KEYS)})`,
  (r) => `e.data.get(${r.pick(KEYS)})`,
  (r) => `e.data.get(${r.pick(KEYS)}, ${constant(r)})`,
  (r) => `e.data[${r.pick(KEYS)}]`,
  (r) =>
    r.pick([
      'e.data.get("o", {}).get("z")',
      'e.data["o"]["z"]',
      'e.data.get("o").get("z")',
      'e.data.get("o", {}).get("z", {}).get("y", 3)',
      'e.data["items"][0]',
      'e.data.get("items", [])[-1]',
      'e.data["items"][0]["k"]',
      'e.data.get("t")[1]',
    ]),
  (r) => `e.${r.pick(TEXT_COLUMNS)}`,
  (r) => `e.${r.pick(INT_COLUMNS)}`,
  (r) => `e.data.get(${r.pick(['"level"', '"msg"', '"table"'])})`,
  (r) => `(e.data.get(${r.pick(KEYS)}) ${r.pick(['or', 'and'])} ${r.pick([constant(r), `e.${r.pick(TEXT_COLUMNS)}`])})`,
  (r) => `getattr(e, "${r.pick([...TEXT_COLUMNS, ...INT_COLUMNS])}", None)`,
  (r) => `-e.${r.pick(INT_COLUMNS)}`,
  (r) => `(e.${r.pick(TEXT_COLUMNS)} if ${leafOfColumn(r)} else e.data.get(${r.pick(KEYS)}))`,
];

function leafOfColumn(r: Random): string {
  return r.pick(['e.fd == None', 'e.type == "wal"', 'e.service != "db"', 'e.data.get("t")', 'e.ret > 0']);
}

/** A value of the event. */
function value(r: Random): string {
  return r.pick(VALUES)(r);
}

function constant(r: Random): string {
  return r.pick([r.pick(STRINGS), r.pick(STRINGS), r.pick(NUMBERS), r.pick(OTHERS)]);
}
