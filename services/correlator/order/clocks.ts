import type { Origin, Others } from '../causes/origin.ts';

/** Vector clocks of one test: a lane a service and one for the test itself, numbered as they appear. */
export class Clocks {
  /** The service of each lane, as number of the text table. */
  readonly services: number[] = [];
  readonly #lanes = new Map<number, number>();
  readonly #own: number[] = [];
  readonly #others: Others[] = [];

  laneOf(service: number): number {
    let lane = this.#lanes.get(service);
    if (lane === undefined) {
      lane = this.services.length;
      this.#lanes.set(service, lane);
      this.services.push(service);
      this.#own.push(0);
      this.#others.push(new Uint32Array(0));
    }
    return lane;
  }

  /** The next event of a lane: its own entry. */
  step(lane: number): number {
    return ++this.#own[lane]!;
  }

  /** Entries of the other lanes as of now. Never changes; a later merge makes a new one. */
  others(lane: number): Others {
    return this.#others[lane]!;
  }

  /** Takes over what a cause knew. True when an entry of another lane changed. */
  merge(lane: number, cause: Origin): boolean {
    if (cause.lane === lane) return false;
    const mine = this.#others[lane]!;
    let fresh: Others | null = null;
    const raise = (k: number, value: number) => {
      if (k === lane || value <= ((fresh ?? mine)[k] ?? 0)) return;
      if (fresh === null) {
        fresh = new Uint32Array(this.services.length);
        fresh.set(mine);
      }
      fresh[k] = value;
    };
    raise(cause.lane, cause.own);
    for (let k = 0; k < cause.others.length; k++) if (k !== cause.lane) raise(k, cause.others[k]!);
    if (fresh === null) return false;
    this.#others[lane] = fresh;
    return true;
  }
}
