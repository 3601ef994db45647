import { readFileSync, statSync } from 'node:fs';

const MAX_SOURCE_bytes = 4 << 20;

/** Why a path has no text to run: a sentence for people. */
export class SourceError extends Error {}

/** The text of a Starlark file. Throws SourceError where it is none; the sentence calls it `name`. */
export function readSource(path: string, name: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new SourceError(`There is no file ${name}.`);
  if (!stat.isFile()) throw new SourceError(`${name} is a ${stat.isDirectory() ? 'folder' : 'special file'}, not a .star file.`);
  if (stat.size > MAX_SOURCE_bytes) {
    throw new SourceError(`${name} is larger than ${MAX_SOURCE_bytes >> 20} MiB: that is no Starlark source.`);
  }
  const bytes = readBytes(path, name);
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new SourceError(`${name} is a binary file (byte ${nul} is 0), not a .star file.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SourceError(`${name}:${firstBadLine(bytes)}: the text is not UTF-8.`);
  }
}

function readBytes(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SourceError(`${name} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

/** The line of the first byte that is no UTF-8: a line that decoding and encoding changes. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const newline = bytes.indexOf(10, from);
    const end = newline < 0 ? bytes.length : newline;
    const part = bytes.subarray(from, end);
    if (!Buffer.from(part.toString('utf8')).equals(part)) break;
    from = end + 1;
  }
  return line;
}
