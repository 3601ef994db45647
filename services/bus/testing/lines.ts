import { decodeRecords, encodeRecord, record } from '../../../schemas/codec.ts';
import type { StdoutRecord } from '../../../schemas/generated/records.ts';
import type { RunReader } from '../bus.ts';

/** A line at a position of a test's only source. */
export function line(run: string, position: number, test = 't'): StdoutRecord {
  return record('stdout', {
    run,
    test,
    service: 'db',
    source: 'stdout/db',
    position,
    type: 'stdout',
    at_ns: position * 1000,
    data: `{"n":${position}}`,
    start: 0,
  });
}

/** A block of lines. */
export function blockOf(lines: readonly StdoutRecord[]): Buffer {
  return Buffer.concat(lines.map((l) => encodeRecord('stdout', l)));
}

/** Takes everything that is on the bus now. */
export async function readAll(reader: RunReader): Promise<StdoutRecord[]> {
  const out: StdoutRecord[] = [];
  do for (let block = reader.next(); block !== null; block = reader.next()) out.push(...decodeRecords('stdout', block.records));
  while (!(await reader.atEnd()));
  return out;
}
