import { freeze, fromJson, HostObject, StarlarkDict, type Value } from '../../starlark/index.ts';
import type { Clock } from '../../events/clocks.ts';
import { fieldsOf } from '../../events/fields.ts';
import type { EventRow } from '../../events/row.ts';
import { eventAttributes } from './event-attributes.ts';

/** Attributes that are made of other columns than their own. */
const made: readonly string[] = ['clock', 'data', 'fields', 'headers'];

/** Attributes that are columns of the store as they are. */
const columns: ReadonlySet<string> = new Set(eventAttributes.filter((name) => !made.includes(name)));

/** An event as predicates see it: immutable, its data decoded when it is first looked at. */
export class EventValue extends HostObject {
  readonly starlarkType = 'event';
  readonly row: EventRow;
  readonly #clock: (row: EventRow) => Clock;
  #data: Value = null;
  #fields: Value = null;
  #headers: Value = null;

  constructor(row: EventRow, clock: (row: EventRow) => Clock) {
    super();
    this.row = row;
    this.#clock = clock;
  }

  getAttr(name: string): Value | undefined {
    switch (name) {
      case 'data':
        return (this.#data ??= frozen(fromJson(this.row.data || '{}')));
      case 'fields':
        return (this.#fields ??= dict(fieldsOf(this.row)));
      case 'headers':
        return (this.#headers ??= this.row.headers === null ? null : frozen(fromJson(this.row.headers)));
      case 'clock':
        return dict(this.#clock(this.row));
    }
    return columns.has(name) ? (this.row[name as keyof EventRow] as Value) : undefined;
  }

  attrNames(): string[] {
    return [...eventAttributes];
  }

  toStarlarkString(): string {
    return `<event #${this.row.seq} ${this.row.type} ${this.row.service}>`;
  }
}

function dict(entries: Readonly<Record<string, Value>>): Value {
  const made = new StarlarkDict();
  for (const [key, value] of Object.entries(entries)) made.set(key, value);
  return frozen(made);
}

function frozen(value: Value): Value {
  freeze(value);
  return value;
}
