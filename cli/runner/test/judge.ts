import type { Proof } from '../../../schemas/proof.ts';
import type { Caveat, FaultResult, TestError, Verdict } from '../result.ts';
import type { Driven } from '../worker/messages.ts';

/** What a verdict is made of. */
export interface Evidence {
  readonly driven: Driven;
  readonly error: TestError | null;
  readonly faults: readonly FaultResult[];
  readonly proofs: readonly Proof[];
}

/** What the evidence comes to. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly error: TestError | null;
  readonly vacuous: readonly string[];
  readonly weak: readonly string[];
}

/**
 * The verdict of a test (RUNTIME §7): a failure that rests on a witness stands; one that rests on a count over incomplete sources, and a
 * pass that does, are inconclusive; an error of the spec or the environment is neither.
 */
export function judge({ driven, error, faults }: Evidence): Judgement {
  const vacuous = faults
    .filter((f) => f.hits === 0)
    .map((f) => `the fault ${f.label === null ? '' : `"${f.label}" `}(${f.syscall} ${f.action} on ${f.service}) never struck`);
  const texts = (wanted: (kind: Caveat['kind']) => boolean) => [
    ...new Set([...driven.caveats, ...driven.assertions.flatMap((a) => a.caveats)].filter((c) => wanted(c.kind)).map((c) => c.text)),
  ];
  const notes = { vacuous: [...vacuous, ...texts((kind) => kind === 'vacuous')], weak: texts((kind) => kind !== 'vacuous') };
  const decided = (verdict: Verdict, reason: string): Judgement => ({ verdict, reason, error, ...notes });
  const failed = driven.assertions.find((a) => a.verdict === 'failed');
  if (failed && (failed.witness.length > 0 || driven.doubtful.length === 0)) return decided('failed', failed.message);
  if (error) return decided('error', error.text);
  const open = driven.assertions.find((a) => a.verdict === 'inconclusive');
  if (open) return decided('inconclusive', open.message);
  if (driven.doubtful.length > 0) return decided('inconclusive', `events() was asked while not complete: ${driven.doubtful.join('; ')}.`);
  return decided('passed', '');
}
