import type { Place } from '../spec/plan.ts';

/** The spec is wrong, at a place: exit code 2. The text is complete for a reader. */
export class SpecError extends Error {
  override name = 'SpecError';
  readonly place: Place | null;
  constructor(place: Place | null, message: string) {
    super(message);
    this.place = place;
  }
}
