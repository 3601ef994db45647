/** The entries of the lanes other than the event's own, by number of lane; never changed once it is shared. */
export type Others = Uint32Array;

/**
 * An event that may cause another: a send, a write, a connect, a fork, an exit, a step. Before it is placed, `index` says where it
 * waits; afterwards `seq`, `lane`, `own` and `others` say where it stands.
 */
export interface Origin {
  /** Index in the pool, -1 once placed. */
  index: number;
  /** When it began and ended, ns since the run's epoch. */
  readonly entry: number;
  readonly exit: number;
  readonly tid: number;
  /** Which bytes of its stream it carries: [start, end). */
  start: number;
  end: number;
  /** Whether another event may have carried the same bytes, so that an edge from here is assumed. */
  ambiguous: boolean;
  /** Place in the test's order, 0 before it has one. */
  seq: number;
  lane: number;
  own: number;
  others: Others;
}

const none: Others = new Uint32Array(0);

/** An event that waits at `index`. */
export function originOf(index: number, entry: number, exit: number, tid: number): Origin {
  return { index, entry, exit, tid, start: 0, end: 0, ambiguous: false, seq: 0, lane: 0, own: 0, others: none };
}
