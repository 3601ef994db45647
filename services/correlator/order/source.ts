import type { Proof } from '../../../schemas/proof.ts';

/** What a source said at a barrier. */
export interface Answer {
  readonly complete: boolean;
  /** Up to where it saw; null when foreign. */
  readonly position: number | null;
  /** Events lost so far; null when nobody knows. */
  readonly lost: number | null;
  readonly reason: string;
  /** See `Proof`. */
  readonly vacuous: string;
  readonly sampled: string;
  /** The runner answered for a collector that is gone or silent; what that one itself says of this barrier, sooner or later, does not count. */
  readonly foreign: boolean;
}

/** One source of a test. */
export class Source {
  readonly index: number;
  readonly name: string;
  readonly service: string;
  /** Position of the last event that came; what is not beyond it came twice. */
  lastPosition = -Infinity;
  /** The last barrier that it answered itself. */
  answered = 0;
  /** Up to where it proved what it saw, at the barriers that are past. */
  proven = 0;
  readonly answers = new Map<number, Answer>();
  /** Gaps by all that is in them; a block that came twice brings them again. */
  readonly gaps = new Set<string>();
  /** Why it is not complete any more, from its first gap on. */
  doubt: string | null = null;
  /** Its events that have their place. */
  events = 0;
  lost: number | null = 0;

  /** `name`: kind/service, or kind/service/what is observed there; `runner` alone. */
  constructor(index: number, name: string) {
    this.index = index;
    this.name = name;
    this.service = name.split('/', 2)[1] ?? '';
  }

  get kind(): string {
    return this.name.split('/', 1)[0]!;
  }
}

/** The proof that an answer amounts to, of a source that goes on from there: gaps before the barrier count too. */
export function prove(source: Source, answer: Answer): Proof {
  source.proven = answer.position ?? source.proven;
  const lost = answer.lost === null || source.lost === null ? null : Math.max(answer.lost, source.lost);
  const complete = answer.complete && source.doubt === null && lost === 0;
  const { name, service, kind, events, proven: position } = source;
  const reason = answer.complete && source.doubt !== null ? source.doubt : answer.reason;
  const { vacuous, sampled } = answer;
  return { source: name, service, kind, complete, events, lost, position, reason, vacuous, sampled };
}
