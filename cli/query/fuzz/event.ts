import type { EventRow } from '../../events/row.ts';
import { EventValue } from '../../spec/values/event-value.ts';
import { StarlarkBytes, type Value } from '../../starlark/index.ts';

/** An event as specs see it, whose key is bytes where it is no valid UTF-8. */
export class KeyedEvent extends EventValue {
  constructor(row: EventRow) {
    super(row, (r) => ({ db: r.seq, [r.service]: r.lane }));
  }

  override getAttr(name: string): Value | undefined {
    const value = super.getAttr(name);
    const isBytes = name === 'key' && typeof value === 'string' && value.includes('\uFFFD');
    return isBytes ? new StarlarkBytes(Uint8Array.of(0xff)) : value;
  }
}
