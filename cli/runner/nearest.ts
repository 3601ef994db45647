/** The names nearest to a mistyped one, best first: by edit distance, then by shared beginning. */
export function nearest(wanted: string, names: readonly string[], limit = 3): string[] {
  const scored = names.map((name) => ({ name, cost: distance(wanted, name) - sharedPrefix(wanted, name) / 2 }));
  const worst = Math.max(3, wanted.length * 0.6);
  return scored
    .filter((s) => s.cost <= worst)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, limit)
    .map((s) => s.name);
}

function sharedPrefix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
