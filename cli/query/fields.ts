import { eventAttribute } from './attribute.ts';
import { COLUMNS, DERIVED } from './columns.ts';
import type { Context } from './context.ts';
import { valueAt } from './json-value.ts';
import { always, constantOf, json, mapCases, type Shape, some, split, type Symbolic, text, UNKNOWN_VALUE } from './symbolic.ts';

/** An entry of `e.fields`: the key of `data` as text, else the attribute as text, else `missing`. */
export function fieldOf(name: string, missing: Symbolic, c: Context): Symbolic {
  const key = c.params.string(name);
  if (key === null || name === '__proto__' || c.assumption !== null) return UNKNOWN_VALUE;
  c.readsData = true;
  return split(json('JSONHas', [key]), mapCases(valueAt([key]), jsonText), attributeText(name, missing, c));
}

/** Numbers and containers are written by the interpreter. */
function jsonText(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'string':
      return always(shape);
    case 'bool':
      return split(shape.sql, constantOf('true'), constantOf('false'));
    case 'constant':
      return constantOf('null');
    default:
      return some('string');
  }
}

function attributeText(name: string, missing: Symbolic, c: Context): Symbolic {
  const column = COLUMNS.get(name);
  if (column === undefined || !column.nullable) {
    const uncertain = column !== undefined || (DERIVED as readonly string[]).includes(name);
    return uncertain ? { cases: [...some('string').cases, ...missing.cases], open: '1' } : missing;
  }
  return mapCases(eventAttribute(name, c), (shape) => {
    switch (shape.kind) {
      case 'constant':
        return missing;
      case 'string':
        return always(shape);
      case 'int':
        return always(text(`toString(${shape.sql})`));
      default:
        return some('string');
    }
  });
}
