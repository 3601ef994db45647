/** Where a step goes. */
export interface StepTarget {
  /** The leased port on loopback. */
  readonly port: number;
  /** The port that the spec names. */
  readonly specPort: number;
  readonly timeout_ms: number;
}

/** What a step brought back, and what places it in the trace. */
export interface StepResult<R> {
  readonly response: R;
  /** `ip:port` of our end, empty when there was no connection. */
  readonly local: string;
  readonly remote: string;
  readonly at_ns: bigint;
  readonly duration_ns: bigint;
}

/** Told where and when a step was sent, before its answer is waited for. Addresses are empty when there was no connection. */
export type OnSend = (local: string, remote: string, at_ns: bigint) => void;

/** What a step of a database or broker brought back; `data` is JSON text, null with an error. */
export interface DataResponse {
  readonly data: string;
  readonly error: string;
}
