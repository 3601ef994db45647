/** What is proven of a source at a barrier; as it stands in the store and on the runner's channel. */
export interface Proof {
  readonly source: string;
  readonly service: string;
  readonly kind: string;
  readonly complete: boolean;
  readonly events: number;
  /** Events lost so far; null when nobody knows. */
  readonly lost: number | null;
  readonly position: number;
  /** How completeness was proven, or why it was not. */
  readonly reason: string;
  /** Why its silence says nothing, though it is complete: what it watches is not there. Empty otherwise. */
  readonly vacuous: string;
  /** What its completeness rests on where that is less than proof: `3 samples, every 500 ms`. Empty otherwise. */
  readonly sampled: string;
}
