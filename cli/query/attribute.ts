import { HostObject, StarlarkStruct } from '../starlark/index.ts';
import { captured } from './captured.ts';
import { type Column, COLUMNS, DERIVED } from './columns.ts';
import type { Context } from './context.ts';
import { and, not } from './formula.ts';
import { always, constantOf, int, mapCases, RAISED, type Shape, some, split, type Symbolic, text, UNKNOWN_VALUE } from './symbolic.ts';

/** `value.name`: attributes of the event, and plain attributes of captured structs and host values. */
export function attributeOf(value: Symbolic, name: string, c: Context): Symbolic {
  return mapCases(value, (shape) => {
    if (shape.kind === 'event') return eventAttribute(name, c);
    if (shape.kind === 'constant' && (shape.value instanceof StarlarkStruct || shape.value instanceof HostObject)) {
      const found = shape.value instanceof StarlarkStruct ? shape.value.fields.get(name) : shape.value.getAttr(name);
      if (found !== undefined) return captured(found, name, c);
    }
    return c.unknown(`the attribute .${name} is left to the interpreter`);
  });
}

/** Whether events have an attribute of this name. */
export function isEventAttribute(name: string): boolean {
  return COLUMNS.has(name) || (DERIVED as readonly string[]).includes(name);
}

/** An attribute of the event; another name raises. */
export function eventAttribute(name: string, c: Context): Symbolic {
  const { assumption } = c;
  if (assumption?.attribute === name) return always(assumption.shape);
  const column = COLUMNS.get(name);
  if (column !== undefined) return lacks(column.on, c) ? constantOf(null) : columnValue(column);
  switch (name) {
    case 'data':
      c.readsData = true;
      return assumption === null ? always({ kind: 'dict', path: [] }) : UNKNOWN_VALUE;
    case 'fields':
      return always({ kind: 'fields' });
    case 'clock':
      return some('dict');
    case 'headers':
      return lacks(['topic'], c) ? constantOf(null) : split('isNotNull(headers)', some('dict'), constantOf(null));
    default:
      return RAISED;
  }
}

/** Whether events of the assumed type lack an attribute that only these types have. */
function lacks(on: Column['on'], { assumption }: Context): boolean {
  if (on === null || assumption?.attribute !== 'type') return false;
  return assumption.shape.kind !== 'constant' || !on.includes(assumption.shape.value as string);
}

function columnValue(column: Column): Symbolic {
  const quoted = `\`${column.name}\``;
  const sql = column.nullable ? `assumeNotNull(${quoted})` : quoted;
  const present: Shape = column.type === 'string' ? text(sql) : int(sql);
  if (!column.nullable) return always(present);
  const given = `isNotNull(${quoted})`;
  return column.name === 'key' ? messageKey(given, sql) : split(given, always(present), constantOf(null));
}

/** Bytes that are no UTF-8 are in the column with U+FFFD for what cannot be read. */
function messageKey(given: string, sql: string): Symbolic {
  const clean = `position(${sql}, '\uFFFD') = 0`;
  return {
    open: '0',
    cases: [
      { when: and(given, clean), shape: text(sql) },
      { when: and(given, not(clean)), shape: { kind: 'some', type: 'key' } },
      { when: not(given), shape: { kind: 'constant', value: null } },
    ],
  };
}
