import { describe, remark } from '../../../events/describe.ts';
import type { EventRow } from '../../../events/row.ts';
import type { ShownEvent } from '../../result.ts';

/** An event as reports show it. */
export function shown(row: EventRow): ShownEvent {
  return { seq: row.seq, at: row.at, service: row.service, type: row.type, text: describe(row), note: remark(row) };
}
