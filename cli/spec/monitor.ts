import type { Value } from '../starlark/index.ts';
import type { Place } from './plan.ts';
import type { Callable } from './registry.ts';
import type { Selection } from './trial.ts';

/** A property that is checked on every event of a test, in order, as it arrives. */
export interface DeclaredMonitor {
  readonly name: string;
  readonly place: Place;
  /** Which events it looks at; null: all of them. */
  readonly on: Selection | null;
  /** Its state when a test begins; each test changes a copy of its own. Undefined: it has none, and its functions get the event alone. */
  readonly state: Value | undefined;
  /** Called with the state and each event before `check`; what it returns, unless None, is the new state. */
  readonly update: Callable | null;
  /** Called with the state and each event. False, or a text that says why, is a violation. */
  readonly check: Callable;
}
