type Convert = (value: unknown) => unknown;

const toInteger: Convert = (value) => {
  if (typeof value !== 'string') return value;
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : BigInt(value);
};

/** How values of a ClickHouse type come out of quoted JSON exactly; null when they already are what they should be. */
function converterFor(type: string): Convert | null {
  const inner = /^(?:LowCardinality|Nullable)\((.*)\)$/.exec(type);
  if (inner) return converterFor(inner[1]!);
  const array = /^Array\((.*)\)$/.exec(type);
  if (array) {
    const each = converterFor(array[1]!);
    return each && ((value) => (value as unknown[]).map(each));
  }
  return /^U?Int(64|128|256)$/.test(type) ? toInteger : null;
}

/**
 * A decoder for the lines of `JSONCompactEachRowWithNamesAndTypes`: null for the two head lines, then a row by column name.
 * 64-bit integers, also inside arrays, become `number` when safe and `bigint` otherwise.
 */
export function rowDecoder<R>(): (line: string) => R | null {
  let names: string[] | null = null;
  let converters: Array<Convert | null> | null = null;
  return (line) => {
    const values = JSON.parse(line) as unknown[];
    if (names === null) {
      names = values as string[];
      return null;
    }
    if (converters === null) {
      converters = (values as string[]).map(converterFor);
      return null;
    }
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) {
      const convert = converters[i];
      row[names[i]!] = convert && values[i] !== null ? convert(values[i]) : values[i];
    }
    return row as R;
  };
}
