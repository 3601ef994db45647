/** Who connects: a step, which is part of the test, or an observer, which is not. */
export type Role = 'step' | 'observer';
