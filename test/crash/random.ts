import { createHash, randomInt } from 'node:crypto';

/** What the random moments of the crash tests come from; FAULTBOX_SEED repeats those of an earlier run. It is in the names of the tests. */
export const seed = Number(process.env['FAULTBOX_SEED'] ?? randomInt(2 ** 31));

/** Numbers in [0, 1), the same for the same seed and name. */
export function randomOf(name: string): () => number {
  let n = 0;
  return () => createHash('sha256').update(`${seed}/${name}/${n++}`).digest().readUInt32BE() / 2 ** 32;
}
