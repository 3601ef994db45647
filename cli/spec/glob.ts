/** True for a text with `*` or `?` in it. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** Matches whole texts: `*` stands for anything, `?` for one character. */
export function globRegExp(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
    's',
  );
}
