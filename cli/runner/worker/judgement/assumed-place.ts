import type { EventRow } from '../../../events/row.ts';

/** The rule by which events of a type find their place; poll results have none. */
const placedBy: Readonly<Record<string, string>> = { stdout: 'line', stderr: 'line', wal: 'wal', topic: 'topic', poll: '' };

/** Whether an event's place in its service's lane is assumed: nothing that the kernel saw fixes it (RUNTIME §5). */
export function hasAssumedPlace({ type, cause_rule, cause_certain }: EventRow): boolean {
  const rule = placedBy[type];
  return rule !== undefined && !cause_rule.some((r, i) => r === rule && cause_certain[i] === 1);
}
