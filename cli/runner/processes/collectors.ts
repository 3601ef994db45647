import type { BusLocation } from '../../../services/bus/location.ts';
import type { Plan } from '../../spec/plan.ts';
import type { Folders } from '../folders.ts';
import { Collector, type CollectorKind } from './collector.ts';

/** The collectors of a run: one process for each kind of source that its spec uses. */
export class Collectors {
  readonly #byKind: ReadonlyMap<CollectorKind, Collector>;

  constructor(plan: Plan, run: string, folders: Folders, bus: BusLocation) {
    const kinds = new Set<CollectorKind>(['syscall', 'stdout', ...plan.services.flatMap((s) => s.sources.map((source) => source.kind))]);
    this.#byKind = new Map([...kinds].map((kind) => [kind, new Collector(kind, run, folders, bus)]));
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

  async end(): Promise<void> {
    await Promise.all([...this.#byKind.values()].map((c) => c.end()));
  }
}
