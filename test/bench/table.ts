/** Minimum, median and maximum of some figures. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, max: sorted.at(-1)! };
}

/** The value below which 99 of 100 are. */
export function p99(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1]!;
}

/** Prints rows under a title, columns aligned. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]!.length)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!))).join('   ')}`;
  console.log(`\n${title}\n${[header, ...rows].map(line).join('\n')}`);
}

/** Medians of some figures as parts of another's. */
export function ratios(whole: readonly number[], ...parts: ReadonlyArray<readonly number[]>): string {
  return parts.map((part) => `× ${(spread(part).median / spread(whole).median).toFixed(2)}`).join(', ');
}

/** A spread as "median [min..max]". */
export function spreadText({ min, median, max }: Spread, digits = 0): string {
  return `${median.toFixed(digits)} [${min.toFixed(digits)}..${max.toFixed(digits)}]`;
}
