import type { StoreClient } from '../../store/client.ts';
import type { RowSink, StoredBarrier } from '../rows/sink.ts';

const inFlightLimit = 2;

/** Who is told what the store has acknowledged. */
export interface InsertListener {
  /** Every event up to the barrier. */
  stored(barrier: StoredBarrier): void;
  /** Everything of a test that has ended. */
  ended(test: string): void;
  /** The store has refused something: what is handed over from now on is not stored. */
  failed(error: unknown): void;
}

/**
 * Puts blocks and barriers of a run into the store: a bounded number at once, each barrier only after every block before it. What the
 * store had when we began is not sent again.
 */
export class Inserter implements RowSink {
  readonly #client: StoreClient;
  readonly #run: string;
  readonly #had: ReadonlyMap<string, number>;
  readonly #listener: InsertListener;
  readonly #waiting: Array<() => Promise<void>> = [];
  readonly #blocks = new Map<string, Promise<unknown>>();
  readonly #barriers = new Map<string, Promise<unknown>>();
  readonly #rest = new Set<Promise<void>>();
  #inFlight = 0;
  #failure: unknown = null;
  #wake: (() => void) | null = null;
  /** The first day of the run, as YYYY-MM-DD; every row carries it. */
  day = '1970-01-01';

  /** `had`: for each test the last `seq` that is stored already. */
  constructor(client: StoreClient, run: string, had: ReadonlyMap<string, number>, listener: InsertListener) {
    this.#client = client;
    this.#run = run;
    this.#had = had;
    this.#listener = listener;
  }

  block(test: string, firstSeq: number, lastSeq: number, body: Buffer): void {
    if (lastSeq <= (this.#had.get(test) ?? 0)) return;
    const done = this.#queue(() => this.#client.insertNative('events', [body], `${this.#run}/${test}/${firstSeq}`));
    this.#blocks.set(test, Promise.all([this.#blocks.get(test), done]));
  }

  barrier(stored: StoredBarrier): void {
    const before = this.#blocks.get(stored.test) ?? Promise.resolve();
    const told = before.then(() => this.#listener.stored(stored));
    // In their order: once the last is there, all are.
    const row = Promise.all([told, this.#barriers.get(stored.test)]).then(() => this.#client.insertRows('barriers', [this.#row(stored)]));
    this.#blocks.set(stored.test, before);
    this.#barriers.set(stored.test, row);
    this.#track(row);
  }

  end(test: string): void {
    const last = Promise.all([this.#blocks.get(test), this.#barriers.get(test)]);
    this.#blocks.delete(test);
    this.#barriers.delete(test);
    this.#track(last.then(() => this.#listener.ended(test)));
  }

  /** Settles when there is room for more. Throws what went wrong with an insert. */
  async ready(): Promise<void> {
    while (this.#failure === null && this.#waiting.length > 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#failure !== null) throw this.#failure;
  }

  /** Settles when everything is stored. */
  async finish(): Promise<void> {
    while (this.#rest.size > 0) await Promise.all(this.#rest);
    if (this.#failure !== null) throw this.#failure;
  }

  #row({ test, barrier, seq, until, reason, sources }: StoredBarrier): object {
    const column = <K extends keyof (typeof sources)[number]>(key: K) => sources.map((s) => s[key]);
    return {
      run: this.#run,
      test,
      barrier,
      seq,
      until_ns: until,
      reason,
      day: this.day,
      'proofs.source': column('source'),
      'proofs.service': column('service'),
      'proofs.kind': column('kind'),
      'proofs.complete': sources.map((s) => (s.complete ? 1 : 0)),
      'proofs.events': column('events'),
      'proofs.lost': column('lost'),
      'proofs.position': column('position'),
      'proofs.reason': column('reason'),
      'proofs.vacuous': column('vacuous'),
      'proofs.sampled': column('sampled'),
    };
  }

  #queue(send: () => Promise<void>): Promise<void> {
    const done = new Promise<void>((resolve, reject) => this.#waiting.push(() => send().then(resolve, reject)));
    this.#track(done);
    this.#next();
    return done;
  }

  #next(): void {
    while (this.#inFlight < inFlightLimit && this.#waiting.length > 0) {
      this.#inFlight++;
      const send = this.#waiting.shift()!;
      void send().finally(() => {
        this.#inFlight--;
        this.#next();
        this.#wake?.();
      });
    }
  }

  #track(promise: Promise<unknown>): void {
    const tracked = promise.then(
      () => {},
      (error: unknown) => {
        if (this.#failure === null) this.#listener.failed(error);
        this.#failure ??= error;
        this.#wake?.();
      },
    );
    this.#rest.add(tracked);
    void tracked.then(() => this.#rest.delete(tracked));
  }
}
