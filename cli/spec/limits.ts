/** Loop rounds and calls that a spec may execute while it loads: about a second's worth. */
export const loadSteps = 20_000_000;

/** Loop rounds and calls that one test may execute. */
export const testSteps = 200_000_000;

/** Loop rounds and calls that a plain file may execute: about a second's worth. */
export const plainSteps = 30_000_000;

/** How long a plain file may run: more than its steps take, unless single steps are slow. */
export const plainTime_ms = 10_000;
