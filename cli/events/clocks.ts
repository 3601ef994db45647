import type { EventRow } from './row.ts';

/** A vector clock: one entry a lane, lanes without an event yet left out. */
export type Clock = Readonly<Record<string, number>>;

/** Expands the stored clocks of one test, given its events in order: an event stores the other lanes' entries only where one changed. */
export class ClockExpander {
  readonly #others = new Map<string, Record<string, number>>();

  expand(event: EventRow): Clock {
    if (event.clock_service.length > 0)
      this.#others.set(event.service, Object.fromEntries(event.clock_service.map((s, i) => [s, event.clock_value[i]!])));
    return { ...this.#others.get(event.service), [event.service]: event.lane };
  }
}
