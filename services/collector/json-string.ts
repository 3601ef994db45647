/**
 * Where the string in double quotes that begins at `begin` ends, the place of its closing quote; -1 when there is none. Regular expressions
 * that try an alternative for each character run out of stack on strings of megabytes.
 */
export function endOfString(text: string, begin: number): number {
  for (let end = text.indexOf('"', begin + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = end;
    while (text[escapes - 1] === '\\') escapes--;
    if ((end - escapes) % 2 === 0) return end;
  }
  return -1;
}
