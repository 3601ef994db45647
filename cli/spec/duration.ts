const units: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of "500ms", "1.5s", "1m30s"; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const part = /([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)/y;
  let total = 0;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) return null;
    total += Number(found[1]) * units[found[2]!]!;
  }
  return text === '' ? null : total;
}
