import type { Thread, Value } from '../starlark/index.ts';
import type { FaultPlan, InterfacePlan } from './plan.ts';
import type { StepCall } from './step-call.ts';
import type { Callable } from './registry.ts';

/** Which events an assertion speaks of: a predicate, filters by attribute or key of `data`, or both. */
export interface Selection {
  readonly where: Callable | null;
  /** Attribute or `data` key to the value it must have; `*` and `?` in strings are globs. */
  readonly filters: ReadonlyMap<string, Value>;
}

/** A step as the spec asks for it. */
export interface Step {
  readonly service: string;
  readonly interface: InterfacePlan;
  readonly method: string;
  readonly call: StepCall;
  readonly timeout_ms: number;
}

/** What builtins may do while a test runs. The runner's worker implements it. */
export interface Trial {
  step(step: Step): Value;
  sleep(duration_ms: number): void;
  events(selection: Selection, thread: Thread): Value;
  assertEventually(selection: Selection, within_ms: number, thread: Thread): Value;
  assertNever(selection: Selection, within_ms: number, thread: Thread): Value;
  assertBefore(first: Selection, then: Selection, thread: Thread): Value;
  /** assert_eq and assert_true: already decided. */
  assertPlain(name: string, held: boolean, message: string, thread: Thread): Value;
  /** Arms faults, calls `run`, disarms. */
  fault(faults: readonly FaultPlan[], run: Callable, thread: Thread): Value;
}
