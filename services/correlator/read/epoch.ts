/** The run's own zero of time: 64-bit clock readings become numbers of ns since it, exactly. */
export class Epoch {
  #low = 0;
  #high = 0;

  /** `ns`: a decimal string, CLOCK_MONOTONIC. */
  set(ns: string): void {
    const value = BigInt(ns);
    this.#low = Number(value & 0xffffffffn);
    this.#high = Number(value >> 32n);
  }

  /** A reading by its 32-bit halves; exact when it is within 104 days of the epoch. */
  since(low: number, high: number): number {
    const difference = (low >>> 0) - this.#low;
    return (high - this.#high) * 4294967296 + difference;
  }
}
