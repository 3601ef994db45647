import type { Dependence as Possible } from '../../../query/index.ts';
import { call, EvalError, StarlarkError, StarlarkList, type Thread, type Value } from '../../../starlark/index.ts';
import type { FaultPlan, Place, ServicePlan } from '../../../spec/plan.ts';
import type { Callable } from '../../../spec/registry.ts';
import { callerPlace } from '../../../spec/session.ts';
import type { Selection, Step, Trial } from '../../../spec/trial.ts';
import type { EventValue } from '../../../spec/values/event-value.ts';
import { ResponseValue } from '../../../spec/values/response-value.ts';
import { ResultValue } from '../../../spec/values/result-value.ts';
import type { BarrierReply, Host } from '../../host.ts';
import type { AssertionResult, Caveat, ShownEvent } from '../../result.ts';
import { dependence, type Dependence } from './dependence.ts';
import { EventReader } from './event-reader.ts';
import { hasAssumedPlace } from './assumed-place.ts';
import { nearMisses } from './near-misses.ts';
import { observedSources, type ObservedSources } from './observed-sources.ts';
import { causalPast } from './past.ts';
import { SelectionQuery } from './selection-query.ts';
import { raisedText } from './raised.ts';
import { shown } from './shown.ts';
import { TestStop } from './test-stop.ts';

const pause_ms = 5;
const nearCandidates = 2000;
/** Causes between services are calls. */
const calls: Possible = { types: ['syscall'], services: null, topics: null, tables: null };

type Outcome = Pick<AssertionResult, 'verdict' | 'message'> &
  Partial<Pick<AssertionResult, 'witness' | 'past' | 'misses' | 'sources' | 'caveats'>>;

/** What a search for the first match came to. */
interface Search {
  readonly found: EventValue | null;
  readonly raised: { readonly event: EventValue; readonly error: StarlarkError } | null;
}

/** The builtins of a running test, carried out over the host. */
export class RunningTrial implements Trial {
  readonly assertions: AssertionResult[] = [];
  readonly doubtful: string[] = [];
  /** What is to be known of the lists that events() gave. */
  readonly caveats: Caveat[] = [];
  readonly #host: Host;
  readonly #run: string;
  readonly #test: string;
  readonly #events: EventReader;
  readonly #observed: ObservedSources;

  constructor(host: Host, run: string, test: string, services: readonly ServicePlan[]) {
    this.#host = host;
    this.#run = run;
    this.#test = test;
    this.#events = new EventReader(host, run, test);
    this.#observed = observedSources(services);
  }

  step({ service, interface: { name }, method, call, timeout_ms }: Step): Value {
    const reply = this.#host.step({ service, interface: name, method, call, timeout_ms });
    switch (reply.protocol) {
      case 'http':
        return new ResponseValue(reply);
      case 'tcp':
        if (reply.error !== '') throw new EvalError(`${service}.send(): ${reply.error}`);
        return reply.text;
      case 'redis':
      case 'postgres':
      case 'kafka':
      case 'nats':
        return new ResultValue(reply);
    }
  }

  sleep(duration_ms: number): void {
    this.#host.sleep(duration_ms);
  }

  events(selection: Selection, thread: Thread): Value {
    const query = new SelectionQuery(selection);
    const barrier = this.#host.barrier();
    const { doubts, caveats } = this.#needs(query.could, barrier);
    this.doubtful.push(...doubts.filter((d) => !this.doubtful.includes(d)));
    this.caveats.push(...caveats);
    const matches: EventValue[] = [];
    for (const { event, certain } of this.#events.rows(query, 0, barrier.seq, 'all'))
      if (certain || query.decide(event, thread)) matches.push(event);
    return new StarlarkList(matches);
  }

  assertEventually(selection: Selection, within_ms: number, thread: Thread): Value {
    const assertion = this.#begin('assert_eventually', thread);
    const query = new SelectionQuery(selection);
    const end_ms = this.#host.now_ms() + within_ms;
    let barrier = this.#host.barrier();
    for (let after = 0; ;) {
      const { found, raised } = this.#search(query, after, barrier.seq, thread);
      if (raised) this.#end(assertion, query, predicateRaised(raised));
      if (found) return this.#end(assertion, query, { verdict: 'passed', message: '', witness: [shown(found.row)] }) ?? found;
      after = barrier.seq;
      if (this.#host.now_ms() >= end_ms) break;
      this.#host.sleep(pause_ms);
      barrier = this.#host.barrier();
    }
    this.#end(assertion, query, this.#nothingCame(query, barrier, within_ms, thread));
    return null;
  }

  assertNever(selection: Selection, within_ms: number, thread: Thread): Value {
    const assertion = this.#begin('assert_never', thread);
    const query = new SelectionQuery(selection);
    if (within_ms > 0) this.#host.sleep(within_ms);
    const barrier = this.#host.barrier();
    const { found, raised } = this.#search(query, 0, barrier.seq, thread);
    if (raised) this.#end(assertion, query, predicateRaised(raised));
    if (found) {
      const past = causalPast(this.#host, this.#run, this.#test, found.row);
      this.#end(assertion, query, { verdict: 'failed', message: 'This must never happen, and it did:', witness: [shown(found.row)], past });
    }
    const { sources, doubts, caveats } = this.#needs(query.could, barrier);
    if (doubts.length > 0)
      this.#end(assertion, query, { verdict: 'inconclusive', message: `Absence is not proven: ${doubts.join('; ')}.`, sources });
    this.#end(assertion, query, { verdict: 'passed', message: '', sources, caveats });
    return null;
  }

  assertBefore(first: Selection, then: Selection, thread: Thread): Value {
    const assertion = this.#begin('assert_before', thread);
    const barrier = this.#host.barrier();
    const sides = [first, then].map((selection) => {
      const query = new SelectionQuery(selection);
      return { query, ...this.#search(query, 0, barrier.seq, thread) };
    });
    const [a, b] = [sides[0]!, sides[1]!];
    const raised = a.raised ?? b.raised;
    if (raised) this.#end(assertion, a.query, predicateRaised(raised));
    const across = a.found && b.found && a.found.row.service !== b.found.row.service;
    const needs = [
      this.#needs(a.query.could, barrier),
      this.#needs(b.query.could, barrier),
      ...(across ? [this.#needs(calls, barrier)] : []),
    ];
    const sources = [...new Set(needs.flatMap((n) => n.sources))];
    const doubts = [...new Set(needs.flatMap((n) => n.doubts))];
    const outcome = this.#order(a.found, b.found);
    if (doubts.length > 0)
      this.#end(assertion, a.query, { verdict: 'inconclusive', message: `The order is not proven: ${doubts.join('; ')}.`, sources });
    this.#end(assertion, a.query, { ...outcome, sources });
    return null;
  }

  assertPlain(name: string, held: boolean, message: string, thread: Thread): Value {
    const assertion = this.#begin(name, thread);
    this.#end(assertion, null, held ? { verdict: 'passed', message: '' } : { verdict: 'failed', message });
    return null;
  }

  fault(faults: readonly FaultPlan[], run: Callable, thread: Thread): Value {
    const rules = this.#host.arm(faults);
    try {
      return call(thread, run, []);
    } finally {
      this.#host.disarm(rules);
    }
  }

  #needs(could: Possible, { proofs }: BarrierReply): Dependence {
    return dependence(could, proofs, this.#observed);
  }

  #begin(name: string, thread: Thread): { readonly name: string; readonly place: Place } {
    this.#events.takeWork();
    return { name, place: callerPlace(thread) };
  }

  /** Notes what an assertion came to; one that did not pass ends the test. */
  #end(assertion: { name: string; place: Place }, query: SelectionQuery | null, outcome: Outcome): null {
    const asked = query && { ...this.#events.takeWork(), kind: query.kind, why: query.why };
    this.assertions.push({ ...assertion, witness: [], past: [], misses: [], sources: [], caveats: [], ...outcome, query: asked });
    if (outcome.verdict !== 'passed') throw new TestStop(outcome.message);
    return null;
  }

  /** The first match in order, or the first event on which the predicate raised, whichever comes first. */
  #search(query: SelectionQuery, after: number, upTo: number, thread: Thread): Search {
    for (const { event, certain } of this.#events.rows(query, after, upTo, 'first')) {
      try {
        if (certain || query.decide(event, thread)) return { found: event, raised: null };
      } catch (error) {
        if (error instanceof StarlarkError) return { found: null, raised: { event, error } };
        throw error;
      }
    }
    return { found: null, raised: null };
  }

  #nothingCame(query: SelectionQuery, barrier: BarrierReply, within_ms: number, thread: Thread): Outcome {
    const { sources, doubts } = this.#needs(query.could, barrier);
    if (doubts.length > 0)
      return { verdict: 'inconclusive', message: `No event matched, but that is not proven: ${doubts.join('; ')}.`, sources };
    const misses = nearMisses(query, this.#events.near(query, barrier.seq, nearCandidates), thread);
    const none = misses.length === 0 ? ` Nothing came near: the test has ${barrier.seq} events, none meets any clause.` : '';
    return { verdict: 'failed', message: `No event matched within ${within_ms / 1000} s.${none}`, misses, sources };
  }

  #order(first: EventValue | null, then: EventValue | null): Outcome {
    if (!first || !then) return { verdict: 'failed', message: `There is no event that matches ${!first ? 'first' : 'then'}.` };
    const witness = [shown(first.row), shown(then.row)];
    const before =
      first.row.service === then.row.service
        ? first.row.seq < then.row.seq
        : (this.#events.clock(then.row)[first.row.service] ?? 0) >= first.row.lane;
    const assumed = [first, then].filter((e) => hasAssumedPlace(e.row)).map((e) => `#${e.row.seq} ${e.row.type} of ${e.row.service}`);
    const caveats: Caveat[] = assumed.length > 0 ? [{ kind: 'assumed', text: `order by assumed place of ${assumed.join(' and ')}` }] : [];
    if (before) return { verdict: 'passed', message: '', witness, caveats };
    const after =
      first.row.service === then.row.service
        ? first.row.seq > then.row.seq
        : (this.#events.clock(first.row)[then.row.service] ?? 0) >= then.row.lane;
    return {
      verdict: 'failed',
      witness,
      message: after ? 'The order is the other way round:' : 'Neither happens before the other, they are concurrent:',
    };
  }
}

function predicateRaised({ event, error }: { event: EventValue; error: StarlarkError }): Outcome {
  const witness: ShownEvent[] = [shown(event.row)];
  return { verdict: 'failed', message: `The predicate raised an error on this event, ${raisedText(error)}`, witness };
}
