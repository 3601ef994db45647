import { parse as parseArray } from 'postgres-array';
import { canonicalJson, NotJson } from '../../collector/canonical-json.ts';

/** Makes JSON text of a column's value as the server writes it. */
export type ToJson = (text: string) => string;

/** A column's type as a relation message names it; `typeName` is null for the types that PostgreSQL brings. */
export interface ColumnType {
  readonly typeOid: number;
  readonly typeSchema: string | null;
  readonly typeName: string | null;
}

const quote: ToJson = (text) => JSON.stringify(text);
const bool: ToJson = (text) => (text === 't' ? 'true' : 'false');
const integer: ToJson = (text) => text;
/** The digits as they are; what JSON has no number for (NaN, Infinity) is a string. */
const decimal: ToJson = (text) => (/[0-9]$/.test(text) ? (text === '-0' ? '0' : text) : quote(text));
const json: ToJson = (text) => {
  try {
    return canonicalJson(text);
  } catch (error) {
    if (error instanceof NotJson) return quote(text);
    throw error;
  }
};

/**
 * Types that are no arrays, by name: OID of the type, OID of its arrays, conversion (pg_type.dat; the OIDs never change). Other types are
 * strings; so is `box` with its arrays, whose elements no comma separates.
 */
export const scalars: Readonly<Record<string, readonly [oid: number, array: number, toJson: ToJson]>> = {
  bool: [16, 1000, bool],
  int2: [21, 1005, integer],
  int4: [23, 1007, integer],
  int8: [20, 1016, integer],
  oid: [26, 1028, integer],
  xid8: [5069, 271, integer],
  numeric: [1700, 1231, decimal],
  float4: [700, 1021, decimal],
  float8: [701, 1022, decimal],
  json: [114, 199, json],
  jsonb: [3802, 3807, json],
  text: [25, 1009, quote],
  varchar: [1043, 1015, quote],
  bpchar: [1042, 1014, quote],
  name: [19, 1003, quote],
  uuid: [2950, 2951, quote],
  bytea: [17, 1001, quote],
  date: [1082, 1182, quote],
  time: [1083, 1183, quote],
  timetz: [1266, 1270, quote],
  interval: [1186, 1187, quote],
  timestamp: [1114, 1115, quote],
  timestamptz: [1184, 1185, quote],
  inet: [869, 1041, quote],
  cidr: [650, 651, quote],
  macaddr: [829, 1040, quote],
  macaddr8: [774, 775, quote],
  bit: [1560, 1561, quote],
  varbit: [1562, 1563, quote],
  xid: [28, 1011, integer],
  jsonpath: [4072, 4073, quote],
  xml: [142, 143, quote],
  money: [790, 791, quote],
  int4range: [3904, 3905, quote],
  int8range: [3926, 3927, quote],
  numrange: [3906, 3907, quote],
  daterange: [3912, 3913, quote],
  tsrange: [3908, 3909, quote],
  tstzrange: [3910, 3911, quote],
  int4multirange: [4451, 6150, quote],
  int8multirange: [4536, 6157, quote],
  nummultirange: [4532, 6151, quote],
  datemultirange: [4535, 6155, quote],
  tsmultirange: [4533, 6152, quote],
  tstzmultirange: [4534, 6153, quote],
  point: [600, 1017, quote],
  lseg: [601, 1018, quote],
  path: [602, 1019, quote],
  polygon: [604, 1027, quote],
  line: [628, 629, quote],
  circle: [718, 719, quote],
  tsvector: [3614, 3643, quote],
  tsquery: [3615, 3645, quote],
  gtsvector: [3642, 3644, quote],
  char: [18, 1002, quote],
  int2vector: [22, 1006, quote],
  oidvector: [30, 1013, quote],
  tid: [27, 1010, quote],
  cid: [29, 1012, quote],
  pg_lsn: [3220, 3221, quote],
  pg_snapshot: [5038, 5039, quote],
  txid_snapshot: [2970, 2949, quote],
  refcursor: [1790, 2201, quote],
  aclitem: [1033, 1034, quote],
  regclass: [2205, 2210, quote],
  regtype: [2206, 2211, quote],
  regrole: [4096, 4097, quote],
  regnamespace: [4089, 4090, quote],
  regproc: [24, 1008, quote],
  regprocedure: [2202, 2207, quote],
  regoper: [2203, 2208, quote],
  regoperator: [2204, 2209, quote],
  regcollation: [4191, 4192, quote],
  regconfig: [3734, 3735, quote],
  regdictionary: [3769, 3770, quote],
};

const byOid = new Map<number, ToJson>();
const byName = new Map<string, ToJson>();
for (const [name, [oid, array, toJson]] of Object.entries(scalars)) {
  byOid.set(oid, toJson).set(array, arrayOf(toJson));
  byName.set(name, toJson).set(`_${name}`, arrayOf(toJson));
}

/**
 * The conversion for a column. A domain arrives under the name of its base type; types of users' own (enums, composites, ranges) are the
 * server's text, and their arrays, which PostgreSQL names with a leading underscore, lists of that.
 */
export function toJsonOf({ typeOid, typeSchema, typeName }: ColumnType): ToJson {
  // The protocol writes pg_catalog as an empty name.
  const known = typeSchema === '' && typeName !== null ? byName.get(typeName) : byOid.get(typeOid);
  if (known) return known;
  return typeName?.startsWith('_') ? arrayOf(quote) : quote;
}

/** Nested lists for nested arrays; bounds other than 1 are dropped. A text that is no array stays a string. */
function arrayOf(element: ToJson): ToJson {
  return (text) => (/^(\[[-0-9:[\]]+\]=)?\{/.test(text) ? listText(parseArray(text, element)) : quote(text));
}

type Nested = ReadonlyArray<string | null | Nested>;

function listText(list: Nested): string {
  return `[${list.map((item) => (item === null ? 'null' : typeof item === 'string' ? item : listText(item))).join(',')}]`;
}
