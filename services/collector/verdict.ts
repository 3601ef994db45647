import { monotonicNs } from './clock.ts';
import type { Publisher, SourceName } from './publisher.ts';

/**
 * Whether everything up to a barrier has been seen, and how that is known. `vacuous`: why silence says nothing, `sampled`: what may not have
 * been seen; else empty.
 */
export type Verdict =
  | { readonly complete: true; readonly reason: string; readonly vacuous: string; readonly sampled: string }
  | { readonly complete: false; readonly reason: string };

/** A barrier, and how far a source had come at it. */
export interface Reached {
  readonly barrier: number;
  readonly position: number;
}

/** Puts a source's answer to a barrier on the bus. */
export function answerBarrier(
  publisher: Publisher<'wal' | 'topic' | 'poll'>,
  name: SourceName,
  { barrier, position }: Reached,
  verdict: Verdict,
): void {
  const { reason } = verdict;
  if (verdict.complete) {
    const { vacuous, sampled } = verdict;
    const said = Object.entries({ vacuous, sampled }).filter(([, text]) => text !== '');
    const data = said.length === 0 ? null : JSON.stringify(Object.fromEntries(said));
    publisher.publish(name, position, 'complete', monotonicNs(), { barrier, lost: 0, reason, data });
  } else publisher.publish(name, position, 'incomplete', monotonicNs(), { barrier, lost: null, reason });
  publisher.flush();
}
