import { decodeLong, syncLength } from './container.ts';

/** Reads up to `length` bytes at `at`. */
export type ReadAt = (at: number, length: number) => Buffer;

/**
 * The length of the whole blocks in a container file of `size` bytes: where a torn tail begins, or `size`. Blocks are stepped over
 * by their lengths and markers alone. Null when the file begins with something else than `head`.
 */
export function wholeLength(read: ReadAt, size: number, head: Buffer, sync: Buffer): number | null {
  const start = read(0, Math.min(size, head.length));
  if (!head.subarray(0, start.length).equals(start)) return null;
  if (start.length < head.length) return 0;
  let at = head.length;
  while (at < size) {
    const lead = read(at, 18);
    const count = decodeLong(lead, 0);
    const length = count && decodeLong(lead, count.end);
    if (!length || length.value < 0) return at;
    const end = at + length.end + length.value;
    if (end + syncLength > size || !read(end, syncLength).equals(sync)) return at;
    at = end + syncLength;
  }
  return at;
}
