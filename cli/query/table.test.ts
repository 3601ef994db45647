import { expect, test } from 'vitest';
import { translate } from './index.ts';
import { predicate } from './testing.ts';

const PRELUDE = `
KINDS = ["stdout", "wal"]
SET = set(["a", 1])
DICT = {"a": 1}
WORD = "x"
CONF = struct(limit = 5, names = ["db"])
def same(x, y = "a"):
    return x == y
def outer(e, least = 1):
    "Calls another one."
    if e.fd == None:
        return False
    return same(e.fd, y = least) or same(e.path)
`;

/**
 * How well a predicate is translated: exact; exact where the JSON is ok; where nothing raises besides; where SQL can tell besides (text
 * that is ASCII, say); a superset that leaves each of its rows to the interpreter; not at all.
 */
type Kind = 'exact' | 'unless JSON' | 'unless it raises' | 'in part' | 'superset' | 'none';

function kindOf(source: string): Kind {
  const t = translate(predicate(`lambda e: ${source}`, PRELUDE));
  if (t.kind !== 'prefilter') return t.kind;
  if (t.unless.text === 'NOT json_ok') return 'unless JSON';
  if (t.why === 'it raises on some events') return 'unless it raises';
  return t.unless.text === t.where.text ? 'superset' : 'in part';
}

/** Predicates by what they use, as the translation is documented to treat them. */
const TABLE: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  columns: {
    'e.type == "wal"': 'exact',
    'e.type == 5': 'exact',
    'e.seq >= 10': 'exact',
    'e.errno != None': 'exact',
    'e.lsn == "0/1" and e.xid == 5': 'exact',
    'e.key == "k"': 'exact',
    'e.path == WORD and e.fd == CONF.limit': 'exact',
    'e.path == e.label': 'exact',
    'e.typ == "x"': 'unless it raises',
  },
  membership: {
    'e.type in ["a", "b"]': 'exact',
    'e.type in KINDS': 'exact',
    'e.service in CONF.names': 'exact',
    'e.type not in ("a",)': 'exact',
    'e.type in SET': 'exact',
    'e.type in DICT': 'exact',
    'e.data.get("k") in ["a", 1, None]': 'unless JSON',
    'e.data.get("k") in SET': 'unless it raises',
    'e.data.get("k") in DICT': 'unless it raises',
    '"s" in e.data.get("k")': 'unless it raises',
    'e.service in [e.data.get("a"), "db"]': 'unless JSON',
    '(e.type, e.service) == ("wal", "db")': 'exact',
  },
  'keys of data': {
    'e.data.get("k") == "s"': 'unless JSON',
    'e.data.get("level") == "ERROR"': 'unless JSON',
    'e.data.get("k") == 5': 'unless JSON',
    'e.data.get("k") == 5.5': 'unless JSON',
    'e.data.get("k") == True': 'unless JSON',
    'e.data.get("k") == None': 'unless JSON',
    'e.data.get("k") != None': 'unless JSON',
    'e.data.get("k") != "v"': 'unless JSON',
    'e.data.get("k", 7) == 7': 'unless JSON',
    'e.data["k"] == "s"': 'unless it raises',
    'e.data.get("a").get("b") == 1': 'unless it raises',
    'e.data["a"]["b"] == 1': 'unless it raises',
    'e.data.get("a", {}).get("b") == 1': 'unless it raises',
    'e.data.get(e.service) == 1': 'unless JSON',
    'e.data["items"][0]["k"] == 1': 'in part',
    '"k" in e.data': 'unless JSON',
    'e.data.get("k") == []': 'unless JSON',
  },
  order: {
    'e.data.get("k") < 5': 'unless it raises',
    'e.data.get("k") < "m"': 'unless it raises',
    'e.size > 1.5': 'unless it raises',
    'e.at <= 5': 'exact',
  },
  truth: {
    'e.data.get("k")': 'unless JSON',
    'not e.data.get("k")': 'unless JSON',
    'e.size and e.size > 4': 'exact',
    'e.path or e.label': 'exact',
  },
  strings: {
    'e.service.startswith("d")': 'exact',
    'e.path.startswith("/tmp")': 'unless it raises',
    'e.data.get("k").endswith(("a", "b"))': 'unless it raises',
    'e.data.get("k").replace("a", "b") == "s"': 'unless it raises',
    'e.data.get("k").count("a") == 2': 'unless it raises',
    'e.path.split("/")[-1] == "wal"': 'unless it raises',
    'e.service + "x" == "ax"': 'exact',
    'e.service.removeprefix("a") == "b"': 'exact',
    'len(e.data.get("k")) > 2': 'in part',
    'e.service.lower() == "s"': 'in part',
    'e.service.strip() == "s"': 'in part',
    'e.service.split()[0] == "SET"': 'in part',
    'e.service.find("a") >= 0': 'in part',
    'e.service[1:] == "s"': 'in part',
    'e.service[0] == "s"': 'in part',
    'e.service.title() == "S" and e.fd == 1': 'in part',
  },
  numbers: {
    'e.seq + 1 == 5': 'exact',
    'e.seq - e.at * 2 > 0': 'exact',
    'e.seq % 2 == 1': 'exact',
    'e.at // 2 == 1': 'exact',
    'e.at % -3 == -1': 'exact',
    'e.fd % 2 == 1': 'unless it raises',
    'e.seq % e.at == 0': 'unless it raises',
    '-e.at < 5': 'exact',
    'e.seq & 1 == 1': 'exact',
    'e.seq / 2 == 1.5 and e.fd == 1': 'in part',
    'abs(e.at) > 5': 'exact',
  },
  conversions: {
    'str(e.fd) == "5"': 'exact',
    '"{}/{}".format(e.service, e.type) == "db/wal"': 'exact',
    '"%s:%d" % (e.service, e.seq) == "db:5"': 'exact',
    'int(e.data.get("k")) == 5': 'in part',
    'float(e.data.get("k")) > 1.5': 'in part',
    'str(e.data.get("k")) == "5"': 'in part',
  },
  lists: {
    'any([x == 1 for x in e.data.get("items", [])])': 'unless it raises',
    'all([x.get("k") == 1 for x in e.data.get("items", [])])': 'unless it raises',
    'any([x == "a" for x in e.service.split("/")])': 'exact',
    'len([x for x in e.data.get("items", []) if x == 1]) > 1': 'unless it raises',
    'any([k == "a" for k in e.data])': 'unless JSON',
    'len(e.data) == 2': 'unless JSON',
  },
  'types and names': {
    'hasattr(e, "lsn")': 'exact',
    'hasattr(e, "nope")': 'exact',
    'getattr(e, "lsn", None) == "0/1"': 'exact',
    'getattr(e, "nope", 5) == 5': 'exact',
    'type(e.data.get("k")) == "string"': 'unless JSON',
    '(e.path if e.fd else e.label) == "x"': 'exact',
  },
  'functions of the spec': {
    'same(e.path)': 'exact',
    'same(y = e.path, x = e.label)': 'exact',
    'outer(e)': 'exact',
    'outer(e, least = 2)': 'exact',
  },
  'attributes without a column': {
    'e.type == "topic" and e.headers.get("k") == "v"': 'superset',
    'e.type == "wal" and e.clock["db"] > 3': 'superset',
    'e.fields.get("path") == "/x"': 'in part',
    'e.fields["lsn"] == "0/1"': 'in part',
    'e.fields.get("n") == "5"': 'in part',
    'e.headers == None': 'exact',
    'e.key == b"k"': 'superset',
    'e.clock["db"] > 3': 'none',
  },
};

for (const [name, rows] of Object.entries(TABLE)) {
  test(`${name}: each is translated as well as documented`, () => {
    expect(Object.fromEntries(Object.keys(rows).map((source) => [source, kindOf(source)]))).toEqual(rows);
  });
}
