import { monotonicNs } from '../../../services/collector/clock.ts';
import type { BarrierReply } from '../host.ts';
import type { CollectorKind } from '../processes/collector.ts';
import type { Drained } from '../processes/launch.ts';
import type { TestContext } from './context.ts';
import type { Doubt } from './service-faults.ts';
import type { ServiceProcess } from './service-process.ts';

const flowEvery_ms = 100;
/** What a collector that answers at its deadline may need until it is heard. */
const silence_ms = 500;

/** Why a barrier is taken: to judge, to let the correlator move on, or at the very end. */
export type BarrierReason = 'judge' | 'flow' | 'final';

/** Who watches a source, and whose it is. Null: the runner itself speaks for it. */
export interface AttachedSource {
  readonly collector: CollectorKind | null;
  readonly service: string;
}

/** What a collector is asked, beside what belongs to its kind. */
interface BarrierRequest {
  readonly do: 'barrier';
  readonly test: string;
  readonly barrier: number;
  readonly until_ns: string;
  readonly deadline_ns: string;
  readonly reason: BarrierReason;
  readonly final: boolean;
}

/** Sources that are reached over the network: they need nothing of launch to answer. */
const remoteKinds = ['wal', 'topic', 'poll'] as const;

/** The barriers of one test (see docs/architecture.md): every attached source proves what it saw, or is declared incomplete. */
export class Barriers {
  readonly #context: TestContext;
  readonly #services: readonly ServiceProcess[];
  readonly #onStored: ((seq: number) => Promise<void>) | null;
  readonly #attached = new Map<string, AttachedSource>([['runner', { collector: null, service: '' }]]);
  /** Up to when each collector has answered. */
  readonly #answered_ns = new Map<CollectorKind, bigint>();
  readonly #lost = new Set<CollectorKind>();
  #count = 0;
  #last: Promise<unknown> = Promise.resolve();
  #flowing = false;
  #flow: NodeJS.Timeout | undefined;

  /** `onStored` is told up to where events are in the store. */
  constructor(context: TestContext, services: readonly ServiceProcess[], onStored: ((seq: number) => Promise<void>) | null) {
    this.#context = context;
    this.#services = services;
    this.#onStored = onStored;
  }

  /** From now on this source must answer every barrier. */
  attach(source: string, by: AttachedSource): void {
    this.#attached.set(source, by);
    if (by.collector !== null && !this.#answered_ns.has(by.collector)) this.#answered_ns.set(by.collector, monotonicNs());
  }

  /** From now on it need not answer. */
  detach(source: string): void {
    this.#attached.delete(source);
  }

  /** Takes a barrier now. Settles when the store has everything up to it. Sources are asked for one at a time, in order. */
  take(reason: BarrierReason): Promise<BarrierReply> {
    const asked = this.#last.then(() => this.#askAll(reason));
    this.#last = asked.catch(() => {});
    return asked.then((barrier) => this.#stored(barrier, reason));
  }

  /**
   * Barriers every 100 ms, so that what the correlator holds stays bounded however long the scenario runs. None waits until the one before is
   * stored: a correlator that lags would hold ever more between two of them.
   */
  startFlow(): void {
    this.#flowing = true;
    const take = () => {
      this.take('flow').catch(() => {});
      void this.#last.then(next);
    };
    const next = () => {
      if (this.#flowing) this.#flow = setTimeout(take, flowEvery_ms).unref();
    };
    next();
  }

  stopFlow(): void {
    this.#flowing = false;
    clearTimeout(this.#flow);
  }

  /** Every source has answered the barrier, or has been answered for, when this settles with its number. */
  async #askAll(reason: BarrierReason): Promise<number> {
    const { recorder, test, deadline_ms } = this.#context;
    const barrier = ++this.#count;
    const until_ns = monotonicNs();
    const deadline_ns = until_ns + BigInt(deadline_ms) * 1_000_000n;
    recorder.write(test, 'barrier', { barrier, until_ns, reason, data: JSON.stringify({ sources: [...this.#attached.keys()] }) }, until_ns);
    await recorder.durable();
    const request: BarrierRequest = {
      do: 'barrier',
      test,
      barrier,
      until_ns: String(until_ns),
      deadline_ns: String(deadline_ns),
      final: reason === 'final',
      reason,
    };
    const deadline = new Deadline(deadline_ms + silence_ms);
    const ask = (kind: CollectorKind, more: object = {}) => this.#ask(kind, { ...request, ...more }, deadline);
    const syscalls = ask('syscall');
    const remote = remoteKinds.filter((kind) => this.#has(kind)).map((kind) => ask(kind, this.#servers()));
    const drained = await this.#drain(barrier, deadline);
    const lines = ask('stdout', { drained: counts(drained) });
    // Only now: a struck call that the answer covers must not come without its hit.
    await syscalls;
    this.#answerFaults(barrier, drained, await this.#drainHits(deadline));
    await Promise.all([lines, ...remote]);
    deadline.clear();
    // Last: it says that every source that was not heard has been answered for.
    recorder.write(test, 'complete', { barrier, lost: 0, reason: "the runner's own records" });
    await recorder.durable();
    return barrier;
  }

  async #stored(barrier: number, reason: BarrierReason): Promise<BarrierReply> {
    const { correlator, test, checkStored } = this.#context;
    const { seq, sources } = await correlator.stored(test, barrier);
    if (reason !== 'flow') await checkStored(test, seq);
    void this.#onStored?.(seq).catch(() => {});
    return { barrier, seq, proofs: sources };
  }

  /** What those need to know who ask the services themselves: whose writes a fault may strike, and who has ended, and how. */
  #servers(): { readonly faulted: readonly string[]; readonly over: Readonly<Record<string, string>> } {
    return {
      faulted: this.#services.filter((s) => s.faults.strikesCommits).map((s) => s.plan.name),
      over: Object.fromEntries(this.#services.flatMap(({ over, plan }) => (over === null ? [] : [[plan.name, over]]))),
    };
  }

  async #drain(barrier: number, deadline: Deadline): Promise<Map<string, Drained | null>> {
    const one = async (s: ServiceProcess) =>
      [s.plan.name, await Promise.race([s.drain(barrier), deadline.passed.then(() => null)])] as const;
    return new Map(await Promise.all(this.#services.map(one)));
  }

  /** Services of which hits may be missing. */
  async #drainHits(deadline: Deadline): Promise<Map<string, Doubt>> {
    const silent = { lost: null, reason: 'the launcher or the keeper did not answer' };
    const one = async (s: ServiceProcess) =>
      [s.plan.name, await Promise.race([s.faults.drainHits(), deadline.passed.then(() => silent)])] as const;
    const answers = await Promise.all(this.#services.map(one));
    return new Map(answers.flatMap(([name, doubt]) => (doubt ? [[name, doubt]] : [])));
  }

  /** The runner speaks for the faults of a service whose launcher and keeper have answered. */
  #answerFaults(barrier: number, drained: ReadonlyMap<string, Drained | null>, doubts: ReadonlyMap<string, Doubt>): void {
    const { recorder, test } = this.#context;
    for (const service of this.#services) {
      const source = service.faults.source;
      if (!this.#attached.has(source)) continue;
      const doubt = doubts.get(service.plan.name);
      if (doubt) recorder.writeFor(test, source, service.plan.name, 'incomplete', { barrier, ...doubt });
      else if (drained.get(service.plan.name))
        recorder.writeFor(test, source, service.plan.name, 'complete', {
          barrier,
          lost: 0,
          reason: 'every hit was sent ahead of the answer',
        });
      else
        recorder.writeFor(test, source, service.plan.name, 'incomplete', {
          barrier,
          reason: service.lost ?? 'the launcher did not answer',
        });
    }
    recorder.flush();
  }

  /** Asks a collector; when it is gone, fails or stays silent past the deadline, its sources are incomplete. */
  async #ask(kind: CollectorKind, request: BarrierRequest, deadline: Deadline): Promise<void> {
    const { recorder, test, deadline_ms, collectors } = this.#context;
    const collector = collectors.of(kind);
    const silent = deadline.passed.then(() => `collector-${kind} did not answer within ${deadline_ms} ms`);
    const why = await Promise.race([
      collector.ask(request).then(
        () => null,
        (error: Error) => error.message,
      ),
      silent,
    ]);
    if (why === null) {
      this.#answered_ns.set(kind, BigInt(request.until_ns));
      return;
    }
    if (collector.gone) this.#declareLost(kind, why);
    for (const [source, { service }] of this.#of(kind))
      recorder.writeFor(test, source, service, 'incomplete', { barrier: request.barrier, reason: why });
    recorder.flush();
  }

  /** What a collector that is gone has not answered for is lost, nobody knows how much of it. */
  #declareLost(kind: CollectorKind, reason: string): void {
    if (this.#lost.has(kind)) return;
    this.#lost.add(kind);
    const { recorder, test } = this.#context;
    const until_ns = monotonicNs();
    for (const [source, { service }] of this.#of(kind)) {
      recorder.write(
        test,
        'gap',
        { until_ns, lost: null, reason, data: JSON.stringify({ source }) },
        this.#answered_ns.get(kind)!,
        service,
      );
    }
  }

  #of(kind: CollectorKind): Array<[string, AttachedSource]> {
    return [...this.#attached].filter(([, { collector }]) => collector === kind);
  }

  #has(kind: CollectorKind): boolean {
    return this.#of(kind).length > 0;
  }
}

function counts(drained: ReadonlyMap<string, Drained | null>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [service, bytes] of drained) {
    if (bytes) Object.assign(out, { [`stdout/${service}`]: bytes.stdout, [`stderr/${service}`]: bytes.stderr });
  }
  return out;
}

class Deadline {
  readonly passed: Promise<void>;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.passed = new Promise((resolve) => (this.#timer = setTimeout(resolve, ms)));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
