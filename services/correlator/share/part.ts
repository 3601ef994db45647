import type { BusError, BusShare, TestBlock } from '../../bus/bus.ts';
import type { StoreClient } from '../../store/client.ts';
import { Correlator } from '../correlator.ts';
import { Inserter, type InsertListener } from '../insert/inserter.ts';
import { storedOf } from '../stored.ts';

/** A test without a record for so long is one whose run died. */
const abandonedAfter_ms = 3_600_000;
/** Of the tests that have ended so many are remembered: late records of theirs are passed by. */
const rememberedTests = 10_000;

interface OpenTest {
  readonly run: string;
  /** Where its first block stands. */
  readonly first: bigint;
  last_ms: number;
}

interface OpenRun {
  readonly correlator: Correlator;
  readonly inserter: Inserter;
  /** Tests of which the store had everything. */
  readonly past: ReadonlySet<string>;
}

/** Who is told what of a run's tests is stored, or that something cannot be. */
export interface PartListener extends Pick<InsertListener, 'stored' | 'failed'> {
  /** The bus has lost something of one of its tests, which is not stored any further. */
  lost(error: BusError): void;
}

/** One part of a shared bus: the tests that lie in it, of whatever runs. */
export class Part implements BusShare {
  readonly #client: StoreClient;
  readonly #listenerOf: (run: string) => PartListener;
  readonly #runs = new Map<string, OpenRun>();
  readonly #tests = new Map<string, OpenTest>();
  readonly #ended = new Set<string>();

  constructor(client: StoreClient, listenerOf: (run: string) => PartListener) {
    this.#client = client;
    this.#listenerOf = listenerOf;
  }

  get oldest(): bigint | null {
    let oldest: bigint | null = null;
    for (const { first } of this.#tests.values()) if (oldest === null || first < oldest) oldest = first;
    return oldest;
  }

  /** Whether a test of the run has not ended. */
  holds(run: string): boolean {
    return this.#runs.has(run);
  }

  async take(block: TestBlock): Promise<void> {
    const { run, test, position, sent_ms } = block;
    const key = `${run}/${test}`;
    if (this.#ended.has(key)) return;
    const open = this.#tests.get(key);
    if (open) open.last_ms = sent_ms;
    else {
      this.#abandon(sent_ms);
      this.#tests.set(key, { run, first: position, last_ms: sent_ms });
    }
    const { correlator, inserter, past } = await this.#run(run);
    if (past.has(test)) return this.#end(key);
    if (block.lost) {
      this.#listenerOf(run).lost(block.lost);
      return this.#end(key);
    }
    correlator.take(block);
    inserter.day = correlator.day ?? inserter.day;
    // All records of the test are in one order: what a silent collector says behind the runner's word for it has come too late.
    if (block.room === 'runner') correlator.settle();
    await inserter.ready();
  }

  /** Settles when everything that was taken is stored. */
  async finish(): Promise<void> {
    await Promise.all([...this.#runs.values()].map(({ inserter }) => inserter.finish()));
  }

  async #run(run: string): Promise<OpenRun> {
    const known = this.#runs.get(run);
    if (known) return known;
    const { seqs, ended } = await storedOf(this.#client, run);
    const inserter = new Inserter(this.#client, run, seqs, { ...this.#listenerOf(run), ended: (test) => this.#end(`${run}/${test}`) });
    const made = { correlator: new Correlator(run, inserter), inserter, past: new Set(ended) };
    this.#runs.set(run, made);
    return made;
  }

  #end(key: string): void {
    const run = this.#tests.get(key)?.run;
    this.#tests.delete(key);
    this.#ended.add(key);
    if (this.#ended.size > rememberedTests) this.#ended.delete(this.#ended.values().next().value!);
    if (run !== undefined && ![...this.#tests.values()].some((t) => t.run === run)) this.#runs.delete(run);
  }

  #abandon(now_ms: number): void {
    for (const [key, { last_ms }] of this.#tests) if (now_ms - last_ms > abandonedAfter_ms) this.#end(key);
  }
}
