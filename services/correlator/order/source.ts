/** What a source said at a barrier. */
export interface Answer {
  readonly complete: boolean;
  readonly position: number;
  /** Events lost so far; null when nobody knows. */
  readonly lost: number | null;
  readonly reason: string;
  /** The runner answered for a collector that is gone or silent. */
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
  readonly answers = new Map<number, Answer>();
  /** Gaps by all that is in them; a block that came twice brings them again. */
  readonly gaps = new Set<string>();
  /** Why it is not complete any more, from its first gap on. */
  doubt: string | null = null;
  /** Its events that have their place. */
  events = 0;
  lost: number | null = 0;

  constructor(index: number, name: string, service: string) {
    this.index = index;
    this.name = name;
    this.service = service;
  }

  get kind(): string {
    return this.name.split('/', 1)[0]!;
  }
}

/** What is proven of a source at a barrier; as it stands in the store and on the runner's channel. */
export interface Proof {
  readonly source: string;
  readonly service: string;
  readonly kind: string;
  readonly complete: boolean;
  readonly events: number;
  readonly lost: number | null;
  readonly position: number;
  readonly reason: string;
}

/** The proof that an answer amounts to: gaps before the barrier count too. */
export function prove(source: Source, answer: Answer): Proof {
  const lost = answer.lost === null || source.lost === null ? null : Math.max(answer.lost, source.lost);
  const complete = answer.complete && source.doubt === null && lost === 0;
  const { name, service, kind, events } = source;
  const reason = answer.complete && source.doubt !== null ? source.doubt : answer.reason;
  return { source: name, service, kind, complete, events, lost, position: answer.position, reason };
}
