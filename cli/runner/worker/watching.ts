import type { LoadedSpec } from '../../spec/load-spec.ts';
import { testSteps } from '../../spec/limits.ts';
import { Thread } from '../../starlark/index.ts';
import type { Host } from '../host.ts';
import type { AssertionResult } from '../result.ts';
import type { Watched, WatchOrder } from './messages.ts';
import { dependence } from './judgement/dependence.ts';
import { EventReader } from './judgement/event-reader.ts';
import { MonitorRun, type Violation } from './judgement/monitor-run.ts';
import { causalPast } from './judgement/past.ts';
import { observedSources, type ObservedSources } from './judgement/observed-sources.ts';
import { shown } from './judgement/shown.ts';

/** The monitors of one test while it runs. */
export class Watching {
  readonly #host: Host;
  readonly #order: Pick<WatchOrder, 'run' | 'storeTest'>;
  readonly #monitors: ReadonlyArray<{ readonly run: MonitorRun; readonly events: EventReader }>;
  readonly #observed: ObservedSources;
  #seen = 0;
  #violated: AssertionResult | null = null;

  constructor(host: Host, spec: LoadedSpec, order: Pick<WatchOrder, 'run' | 'test' | 'storeTest'>) {
    this.#host = host;
    this.#order = order;
    this.#observed = observedSources(spec.plan.services);
    const names = spec.tests.get(order.test)!.plan.monitors;
    this.#monitors = names.map((name) => {
      const events = new EventReader(host, order.run, order.storeTest);
      return { events, run: new MonitorRun(spec.monitors.get(name)!, events, new Thread({ print: host.print, stepLimit: testSteps })) };
    });
  }

  /** Takes the events up to `upTo`. With `proofs`, the last ones, every monitor says what it came to. */
  advance({ upTo, proofs }: Pick<WatchOrder, 'upTo' | 'proofs'>): Watched {
    const violation = this.#violated === null ? this.#first(upTo) : null;
    this.#seen = Math.max(this.#seen, upTo);
    if (violation) this.#violated = this.#failed(violation);
    const state = violation === null ? null : { monitor: violation.monitor.name, message: violation.message, state: violation.state };
    if (proofs === null) return { violation: state, results: [] };
    return {
      violation: state,
      results: this.#violated ? [this.#violated] : this.#monitors.map(({ run, events }) => this.#passed(run, events, proofs)),
    };
  }

  /** The earliest violation among all monitors. */
  #first(upTo: number): Violation | null {
    let first: Violation | null = null;
    for (const { run } of this.#monitors) first = run.advance(this.#seen, first ? first.row.seq - 1 : upTo) ?? first;
    return first;
  }

  #failed({ monitor, row, message, state }: Violation): AssertionResult {
    const { run, storeTest } = this.#order;
    const before = state === '' ? '' : `\nIts state before this event: ${state}`;
    return {
      name: 'monitor',
      place: monitor.place,
      verdict: 'failed',
      message: `The monitor "${monitor.name}" was violated: ${message}${before}`,
      witness: [shown(row)],
      past: causalPast(this.#host, run, storeTest, row),
      misses: [],
      sources: [],
      caveats: [],
      query: null,
    };
  }

  #passed(run: MonitorRun, events: EventReader, proofs: NonNullable<WatchOrder['proofs']>): AssertionResult {
    const { monitor, query, matched } = run;
    const { sources, doubts, caveats } = dependence(query.could, proofs, this.#observed);
    const proven = doubts.length === 0;
    return {
      name: 'monitor',
      place: monitor.place,
      verdict: proven ? 'passed' : 'inconclusive',
      witness: [],
      past: [],
      misses: [],
      sources,
      message: proven ? '' : `That the monitor "${monitor.name}" was never violated is not proven: ${doubts.join('; ')}.`,
      caveats: matched > 0 ? caveats : [...caveats, { kind: 'vacuous', text: `the monitor "${monitor.name}" met no event` }],
      query: { ...events.takeWork(), kind: query.kind, why: query.why },
    };
  }
}
