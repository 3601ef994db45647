import type { Collector, CollectorKind } from './collector.ts';

/** The collectors that observe one test, from its beginning to its end: whoever of them dies is gone for this test. */
export class TestCollectors {
  readonly #byKind: ReadonlyMap<CollectorKind, Collector>;

  constructor(byKind: ReadonlyMap<CollectorKind, Collector>) {
    this.#byKind = byKind;
  }

  /** The collector of a kind that the spec uses. */
  of(kind: CollectorKind): Collector {
    const found = this.#byKind.get(kind);
    if (!found) throw new RangeError(`no collector-${kind}`);
    return found;
  }

  /** Lets go of a test in all of them; one that is gone has let go already. */
  async detach(test: string): Promise<void> {
    await Promise.all([...this.#byKind.values()].map((c) => c.ask({ do: 'detach', test }).catch(() => {})));
  }
}
