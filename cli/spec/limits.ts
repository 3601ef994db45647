/** Loop rounds and calls that a spec may execute while it loads: about a second's worth. */
export const loadSteps = 20_000_000;

/** Loop rounds and calls that one test, or a plain file, may execute. */
export const testSteps = 200_000_000;
