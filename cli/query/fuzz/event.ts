import { freeze, fromJson, HostObject, type Value } from '../../starlark/index.ts';
import { COLUMNS } from '../columns.ts';
import type { Row } from './rows.ts';

/** A row as predicates see it. */
export class RowEvent extends HostObject {
  readonly starlarkType = 'event';
  private readonly values = new Map<string, Value>();

  constructor(row: Row) {
    super();
    for (const c of COLUMNS.values()) this.values.set(c.name, columnValue(row[c.name] ?? null, c.type));
    const data = fromJson(String(row.data));
    freeze(data);
    this.values.set('data', data);
  }

  override getAttr(name: string): Value | undefined {
    return this.values.get(name);
  }

  override attrNames(): string[] {
    return [...this.values.keys()];
  }

  override toStarlarkString(): string {
    return '<event>';
  }
}

function columnValue(value: string | number | null, type: 'string' | 'int'): Value {
  return value === null || type === 'string' ? value : fromJson(String(value));
}
