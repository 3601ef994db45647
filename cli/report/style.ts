/** Colours where a terminal reads along; the same text without them elsewhere. Meaning never hangs on colour alone. */
export interface Style {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly unsure: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

const sgr = (code: number) => (text: string) => `\x1b[${code}m${text}\x1b[0m`;
const plain = (text: string) => text;

/** The style for a stream: plain when it is no terminal or NO_COLOR is set. */
export function styleFor(stream: { readonly isTTY?: boolean }): Style {
  const coloured = stream.isTTY === true && !process.env['NO_COLOR'];
  if (!coloured) return { good: plain, bad: plain, unsure: plain, faint: plain, strong: plain };
  return { good: sgr(32), bad: sgr(31), unsure: sgr(33), faint: sgr(2), strong: sgr(1) };
}
