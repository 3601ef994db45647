import type { BusWriter } from '../../bus/bus.ts';

/** A bus that is crowded from its first block on, until it is released. */
export class CrowdedWriter implements BusWriter {
  readonly blocks: Buffer[] = [];
  readonly #released = Promise.withResolvers<void>();
  #open = false;

  append(records: Buffer): void {
    this.blocks.push(records);
  }

  get crowded(): boolean {
    return !this.#open && this.blocks.length > 0;
  }

  release(): void {
    this.#open = true;
    this.#released.resolve();
  }

  async room(): Promise<void> {
    if (this.crowded) await this.#released.promise;
  }

  durable(): Promise<void> {
    return this.room();
  }

  sync(): Promise<void> {
    return this.durable();
  }

  async close(): Promise<void> {}
}
