import type { BusLocation } from '../../../services/bus/location.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Folders } from '../folders.ts';
import { Collector, type CollectorKind } from './collector.ts';
import { TestCollectors } from './test-collectors.ts';

/**
 * The collectors of a run: one process for each kind of source that its spec uses. One that dies is replaced for the tests that begin
 * later.
 */
export class Collectors {
  readonly #start: (kind: CollectorKind) => Collector;
  readonly #byKind: Map<CollectorKind, Collector>;

  constructor(plan: Plan, run: string, folders: Folders, bus: BusLocation) {
    const kinds = new Set<CollectorKind>(['syscall', 'stdout', ...plan.services.flatMap((s) => s.sources.map((source) => source.kind))]);
    this.#start = (kind) => new Collector(kind, run, folders, bus);
    this.#byKind = new Map([...kinds].map((kind) => [kind, this.#start(kind)]));
  }

  /** Those that observe a test which begins now. */
  forTest(): TestCollectors {
    for (const [kind, collector] of this.#byKind) if (collector.gone) this.#byKind.set(kind, this.#start(kind));
    return new TestCollectors(new Map(this.#byKind));
  }

  async end(): Promise<void> {
    await Promise.all([...this.#byKind.values()].map((c) => c.end()));
  }
}
