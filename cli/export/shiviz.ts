/**
 * ShiViz demands of a log: hosts without white space, one line an event; each host's own clock entry starts at 1 and rises by 1; every
 * host that a clock names owns events. So a filtered log projects its clocks: an entry becomes the number of that host's kept events at
 * or below it, which keeps happens-before exactly (https://bitbucket.org/bestchai/shiviz, js/model).
 */
import type { Clock } from '../events/clocks.ts';

/** An event on its way into a log. */
export interface ShivizEvent {
  readonly host: string;
  readonly clock: Clock;
  readonly text: string;
}

/** The first line of a log: how each line reads. The second is the delimiter of executions, labelled by their test. */
export const shivizHead = '(?<host>\\S+) (?<clock>\\{.*?\\}) (?<event>.*)\n=== (?<trace>.*) ===\n';

/** The events of one execution as log lines; `events` in an order that respects their clocks. */
export function shivizLines(events: readonly ShivizEvent[]): string[] {
  const kept = new Map<string, number[]>();
  for (const { host, clock } of events) {
    const lanes = kept.get(host) ?? [];
    lanes.push(clock[host] ?? 0);
    kept.set(host, lanes);
  }
  return events.map(({ host, clock, text }) => {
    const projected = Object.entries(clock)
      .map(([h, n]) => [hostName(h), atOrBelow(kept.get(h) ?? [], n)] as const)
      .filter(([, n]) => n > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const entries = projected.map(([h, n]) => `${JSON.stringify(h)}: ${n}`).join(', ');
    return `${hostName(host)} {${entries}} ${text.replace(/\s+/g, ' ')}`;
  });
}

function hostName(name: string): string {
  return name.replace(/\s/g, '_');
}

/** How many of the sorted numbers are at or below `n`. */
function atOrBelow(sorted: readonly number[], n: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (sorted[mid]! <= n) low = mid + 1;
    else high = mid;
  }
  return low;
}
