import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { ClockExpander, type Clock } from '../events/clocks.ts';
import { attributesOf, fieldsOf } from '../events/fields.ts';
import { readEvents, type Rows } from '../events/read.ts';
import type { EventRow } from '../events/row.ts';
import type { AssertionResult, RunResult, TestResult } from '../runner/result.ts';

/** Writes a run as the JSON trace of `schemas/trace.schema.json`. The file appears whole or not at all. */
export async function exportTrace(client: Rows, run: RunResult, file: string): Promise<void> {
  const partial = `${file}.partial`;
  const out = createWriteStream(partial);
  out.on('error', () => {});
  const write = (text: string) => (out.write(text) ? Promise.resolve() : once(out, 'drain').then(() => {}));
  const count = (verdict: string) => run.tests.filter((t) => t.verdict === verdict).length;
  const { run: id, spec, seed, started_at, duration_ms } = run;
  const head = {
    version: 1,
    run: id,
    spec,
    seed,
    started_at,
    duration_ms,
    passed: count('passed'),
    failed: count('failed'),
    inconclusive: count('inconclusive'),
    errors: count('error'),
  };
  await write(`${JSON.stringify(head).slice(0, -1)},"tests":[`);
  for (const [i, test] of run.tests.entries()) await writeTest(write, client, run, test, i === 0 ? '\n' : ',\n');
  await write(']}\n');
  out.end();
  await finished(out);
  await rename(partial, file);
}

async function writeTest(
  write: (text: string) => Promise<void>,
  client: Rows,
  run: RunResult,
  test: TestResult,
  lead: string,
): Promise<void> {
  const { name, verdict, reason, started_at, duration_ms, faults, sources, assertions } = test;
  const head = {
    name,
    verdict,
    reason,
    started_at,
    duration_ms,
    faults,
    sources: sources.map(({ source, service, kind, complete, events, lost, position }) => ({
      source,
      service,
      kind,
      complete,
      events,
      lost,
      position,
    })),
    assertions: assertions.map(assertionJson),
  };
  await write(`${lead}${JSON.stringify(head).slice(0, -1)},"events":[`);
  const clocks = new ClockExpander();
  const began_ms = Date.parse(started_at);
  let separator = '\n';
  for await (const event of readEvents(client, run.run, test.stored_as)) {
    await write(separator + eventJson(event, clocks.expand(event), began_ms));
    separator = ',\n';
  }
  await write(']}');
}

function assertionJson({ name, place, verdict, message, witness, sources }: AssertionResult): object {
  return { name, place, verdict, message, witness: witness.map((e) => e.seq), sources };
}

/** One event. `data` goes in as it is stored, so that its numbers keep their value. */
function eventJson(event: EventRow, clock: Clock, began_ms: number): string {
  const causes = event.cause_rule.map((rule, i) => ({ rule, seq: event.cause_seq[i], certain: event.cause_certain[i] === 1 }));
  const head = {
    seq: event.seq,
    type: event.type,
    service: event.service,
    timestamp: timestamp(began_ms, event.at),
    at: event.at,
    ...plain(attributesOf(event)),
    fields: fieldsOf(event),
    vector_clock: clock,
    causes,
  };
  return `${JSON.stringify(head).slice(0, -1)},"data":${event.data || '{}'}}`;
}

function plain(attributes: Record<string, string | number | bigint>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([k, v]) => [k, k === 'headers' ? JSON.parse(String(v)) : typeof v === 'bigint' ? String(v) : v]),
  );
}

/** RFC 3339 with nanoseconds, in UTC. */
export function timestamp(began_ms: number, at_ns: number): string {
  const ns = BigInt(began_ms) * 1_000_000n + BigInt(at_ns);
  const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
}
