import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytes = 4096;

/** The last lines of the first of these files that has any. */
export function lastLines(files: readonly string[], count = 8): string {
  for (const file of files) {
    const lines = tail(file)
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '');
    if (lines.length > 0) return lines.slice(-count).join('\n');
  }
  return '';
}

function tail(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const buf = Buffer.alloc(tailBytes);
      const got = readSync(fd, buf, 0, tailBytes, Math.max(0, fstatSync(fd).size - tailBytes));
      return buf.toString('utf8', 0, got);
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
