import { HostObject, StarlarkStruct } from '../starlark/index.ts';
import { COLUMNS } from './columns.ts';
import type { Context } from './context.ts';
import { not } from './formula.ts';
import { always, constantOf, isPlain, mapCases, type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';

/** `value.name`: columns of the event, `data`, and plain attributes of captured structs and host values. */
export function attributeOf(value: Symbolic, name: string, c: Context): Symbolic {
  return mapCases(value, (shape) => {
    if (shape.kind === 'event') return eventAttribute(name, c);
    if (shape.kind === 'constant' && (shape.value instanceof StarlarkStruct || shape.value instanceof HostObject)) {
      const found = shape.value instanceof StarlarkStruct ? shape.value.fields.get(name) : shape.value.getAttr(name);
      if (found !== undefined && isPlain(found)) return constantOf(found);
    }
    c.unknown(`the attribute .${name} is left to the interpreter`);
    return UNKNOWN_VALUE;
  });
}

/** An attribute of the event; names without a column (and misspelt ones, which raise) are left to the interpreter. */
export function eventAttribute(name: string, c: Context): Symbolic {
  if (name === 'data') return always({ kind: 'dict', path: [] });
  const column = COLUMNS.get(name);
  if (column === undefined) {
    c.unknown(`e.${name} is not a column`);
    return UNKNOWN_VALUE;
  }
  const quoted = `\`${name}\``;
  const sql = column.nullable ? `assumeNotNull(${quoted})` : quoted;
  const present = column.type === 'string' ? ({ kind: 'string', sql } as const) : ({ kind: 'int', sql, wide: false } as const);
  if (!column.nullable) return always(present);
  const given = `isNotNull(${quoted})`;
  return { exact: true, cases: [{ when: given, shape: present }, { when: not(given), shape: { kind: 'constant', value: null } }] };
}
