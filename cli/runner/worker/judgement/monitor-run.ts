import type { DeclaredMonitor } from '../../../spec/monitor.ts';
import { call, repr, StarlarkError, thaw, typeName, type Thread, type Value } from '../../../starlark/index.ts';
import type { EventValue } from '../../../spec/values/event-value.ts';
import type { EventRow } from '../../../events/row.ts';
import type { EventReader } from './event-reader.ts';
import { raisedText } from './raised.ts';
import { SelectionQuery } from './selection-query.ts';

/** How a monitor was violated. */
export interface Violation {
  readonly monitor: DeclaredMonitor;
  readonly row: EventRow;
  /** What check said, or what it raised. */
  readonly message: string;
  /** The state before the event, as text; empty for a monitor without one. */
  readonly state: string;
}

const everything = { where: null, filters: new Map<string, Value>() };

/** One monitor over one test: takes its events in order and keeps its state between them. */
export class MonitorRun {
  readonly monitor: DeclaredMonitor;
  readonly query: SelectionQuery;
  /** Events that it has looked at. */
  matched = 0;
  readonly #events: EventReader;
  readonly #thread: Thread;
  #state: Value | undefined;

  constructor(monitor: DeclaredMonitor, events: EventReader, thread: Thread) {
    this.monitor = monitor;
    this.query = new SelectionQuery(monitor.on ?? everything);
    this.#events = events;
    this.#thread = thread;
    this.#state = monitor.state === undefined ? undefined : thaw(monitor.state);
  }

  /** Takes the events behind `after` and up to `upTo`. The first violation, or null. */
  advance(after: number, upTo: number): Violation | null {
    for (const { event, certain } of this.#events.rows(this.query, after, upTo, 'all')) {
      const before = this.#state === undefined ? '' : repr(this.#state);
      const message = this.#take(event, certain);
      if (message !== null) return { monitor: this.monitor, row: event.row, message, state: before };
    }
    return null;
  }

  /** Why the event is a violation; null when it is none. */
  #take(event: EventValue, certain: boolean): string | null {
    try {
      if (!certain && !this.query.decide(event, this.#thread)) return null;
      this.matched++;
      const { update, check } = this.monitor;
      const args = (): Value[] => (this.#state === undefined ? [event] : [this.#state, event]);
      if (update) this.#state = call(this.#thread, update, args()) ?? this.#state;
      return verdictOf(call(this.#thread, check, args()));
    } catch (error) {
      if (error instanceof StarlarkError) return `it raised an error ${raisedText(error)}`;
      throw error;
    }
  }
}

function verdictOf(value: Value): string | null {
  if (value === true) return null;
  if (value === false) return 'check was False';
  return typeof value === 'string' ? value : `check must return True, False or a text that says why not, and returned ${typeName(value)}`;
}
