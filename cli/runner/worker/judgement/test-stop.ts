/** Ends a test from inside the evaluator: an assertion that did not hold. No spec can catch it. */
export class TestStop extends Error {
  override name = 'TestStop';
}
