import { StarlarkFloat, type Value } from '../starlark/index.ts';

/** SQL text with ClickHouse parameters `{name:Type}`. */
export interface Sql {
  readonly text: string;
  readonly params: Record<string, { type: string; value: unknown }>;
}

const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Hands out parameters; equal values share one. */
export class Parameters {
  private readonly prefix: string;
  private readonly known = new Map<string, { name: string; type: string; value: unknown }>();

  /** `prefix`: what their names begin with. */
  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** A string; null for what SQL cannot hold (NUL, half of a surrogate pair), and U+FFFD, which the store has in the latter's place. */
  string(value: string): string | null {
    return value.isWellFormed() && !/[\0\ufffd]/.test(value) ? this.add('String', value) : null;
  }

  /** An int; null when no 64-bit type holds it. */
  int(value: number | bigint): string | null {
    const big = BigInt(value);
    if (big > MAX_UINT64 || big < MIN_INT64) return null;
    return this.add(big >= 0n ? 'UInt64' : 'Int64', String(big));
  }

  /** A finite float by its bits, so that no digit is lost; null for others. */
  float(value: number): string | null {
    if (!Number.isFinite(value)) return null;
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    return `reinterpretAsFloat64(${this.add('UInt64', String(bits.getBigUint64(0)))})`;
  }

  /** An int or a float. */
  number(value: Value): string | null {
    if (value instanceof StarlarkFloat) return this.float(value.value);
    return typeof value === 'number' || typeof value === 'bigint' ? this.int(value) : null;
  }

  /** The text with the parameters that it uses. */
  sql(text: string): Sql {
    const params: Sql['params'] = {};
    for (const { name, type, value } of this.known.values()) if (text.includes(`{${name}:`)) params[name] = { type, value };
    return { text, params };
  }

  private add(type: string, value: string): string {
    const key = `${type}:${value}`;
    const known = this.known.get(key) ?? { name: `${this.prefix}${this.known.size}`, type, value };
    this.known.set(key, known);
    return `{${known.name}:${type}}`;
  }
}
