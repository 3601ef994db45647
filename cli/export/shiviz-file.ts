import { rename, writeFile } from 'node:fs/promises';
import { ClockExpander } from '../events/clocks.ts';
import { describe } from '../events/describe.ts';
import { readEvents, type Rows } from '../events/read.ts';
import type { EventRow } from '../events/row.ts';
import type { RunResult } from '../runner/result.ts';
import { shivizHead, shivizLines, type ShivizEvent } from './shiviz.ts';

const keepEvents = 2000;
const textColumns = 160;

/** Writes a run as one ShiViz log, an execution a test. What is left out is said on stderr. */
export async function exportShiviz(client: Rows, run: RunResult, file: string, all: boolean): Promise<void> {
  const parts = [shivizHead];
  for (const test of run.tests) {
    const { events, left } = await collect(client, run.run, test.stored_as, all);
    if (events.length === 0) continue;
    parts.push(`=== ${test.name} ===\n`, ...shivizLines(events).map((line) => `${line}\n`));
    if (left > 0)
      process.stderr.write(
        `${test.name}: ${left.toLocaleString('en')} events are not in the ShiViz file, which has those that explain most; --shiviz-all keeps all\n`,
      );
  }
  await writeFile(`${file}.partial`, parts.join(''));
  await rename(`${file}.partial`, file);
}

/** Everything when it is little or asked for; else what explains: sources, steps, faults, and calls that carry an edge. */
async function collect(client: Rows, run: string, test: string, all: boolean): Promise<{ events: ShivizEvent[]; left: number }> {
  const clocks = new ClockExpander();
  const every: Array<{ row: EventRow; event: ShivizEvent }> = [];
  const causes = new Set<number>();
  for await (const row of readEvents(client, run, test)) {
    row.cause_rule.forEach((rule, i) => rule !== 'lane' && causes.add(row.cause_seq[i]!));
    const event = { host: row.service, clock: clocks.expand(row), text: describe(row).slice(0, textColumns) };
    if (row.service !== '') every.push({ row, event });
  }
  if (all || every.length <= keepEvents) return { events: every.map((e) => e.event), left: 0 };
  const kept = every
    .filter(
      ({ row }) => row.type !== 'syscall' || row.errno !== null || causes.has(row.seq) || row.cause_rule.some((rule) => rule !== 'lane'),
    )
    .slice(0, keepEvents);
  return { events: kept.map((e) => e.event), left: every.length - kept.length };
}
