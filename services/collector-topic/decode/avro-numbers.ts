import avsc from 'avsc';

const { LongType, LogicalType } = avsc.types;

/** Avro longs as bigint: avsc alone refuses what lies beyond 2^53. */
export const longType = LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (n: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(BigInt(n));
    return buffer;
  },
  fromJSON: (n: number) => BigInt(n),
  toJSON: Number,
  isValid: (n: unknown) => typeof n === 'bigint' || Number.isSafeInteger(n),
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** A number by its decimal digits. */
export class Decimal {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Avro's logical type `decimal`: a big-endian two's complement integer, `scale` digits of it behind the point. */
export class DecimalType extends LogicalType {
  readonly #scale: number;

  constructor(schema: avsc.Schema, options?: object) {
    super(schema, options);
    this.#scale = (schema as { scale?: number }).scale ?? 0;
  }

  override _fromValue(bytes: unknown): Decimal {
    const unscaled = BigInt.asIntN(8 * (bytes as Buffer).length, BigInt(`0x0${(bytes as Buffer).toString('hex')}`));
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(this.#scale + 1, '0');
    const sign = unscaled < 0n ? '-' : '';
    return new Decimal(this.#scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -this.#scale)}.${digits.slice(-this.#scale)}`);
  }
}
