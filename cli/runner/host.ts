import type { StepCall } from '../spec/step-call.ts';
import type { FaultPlan } from '../spec/plan.ts';
import type { Proof } from '../../schemas/proof.ts';

/** A step as the worker asks for it. */
export interface StepRequest {
  readonly service: string;
  readonly interface: string;
  readonly method: string;
  readonly call: StepCall;
  readonly timeout_ms: number;
}

/** What a step brought back. */
export type StepReply =
  | {
      readonly protocol: 'http';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly error: string;
      readonly duration_ms: number;
    }
  | { readonly protocol: 'tcp'; readonly text: string; readonly error: string; readonly duration_ms: number }
  /** `data` is JSON text. */
  | {
      readonly protocol: 'redis' | 'postgres' | 'kafka' | 'nats';
      readonly data: string;
      readonly error: string;
      readonly duration_ms: number;
    };

/** A barrier that has been answered: every query up to `seq` sees all that its sources proved. */
export interface BarrierReply {
  readonly barrier: number;
  readonly seq: number;
  readonly proofs: readonly Proof[];
}

/** ClickHouse SQL with its bound parameters. */
export interface QueryRequest {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What the worker may ask of the runner, each call answered before the spec goes on. */
export interface Host {
  step(request: StepRequest): StepReply;
  sleep(duration_ms: number): void;
  /** Proves what happened up to now. `flow` barriers only look; both are answered alike. */
  barrier(): BarrierReply;
  query(request: QueryRequest): readonly object[];
  /** Arms faults while the test runs. Throws `MissingFilter` by name when a service started without their calls. */
  arm(faults: readonly FaultPlan[]): readonly number[];
  disarm(rules: readonly number[]): void;
  /** Milliseconds of a monotonic clock, recorded. */
  now_ms(): number;
  print(text: string): void;
}

/** The code with which host calls fail once a monitor is violated: the test is to stop. */
export const violationCode = 'E_VIOLATION';

/** The calls as they cross from the worker: name and argument, answered with a value or an error. */
export interface HostRequest {
  readonly name: keyof Host;
  readonly arg: unknown;
}

export type HostReply =
  { readonly ok: unknown } | { readonly error: { readonly name: string; readonly code: string; readonly message: string } };
