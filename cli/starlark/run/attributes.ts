import { nearestName } from '../nearest-name.ts';
import { Builtin } from './builtin.ts';
import { BYTES_METHODS, DICT_METHODS, LIST_METHODS, SET_METHODS } from './collection-methods.ts';
import { invoke } from './call.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { work } from './limits.ts';
import { arrange, type Method, type MethodTable } from './method.ts';
import { StarlarkSet } from './set.ts';
import { STRING_METHODS } from './string-methods.ts';
import type { Thread } from './thread.ts';
import { typeName } from './type-name.ts';
import { HostObject, StarlarkBytes, StarlarkList, StarlarkStruct, type Value } from './values.ts';

const NONE: MethodTable<Value> = new Map();

function tableOf(value: Value): MethodTable<Value> {
  return (
    typeof value === 'string'
      ? STRING_METHODS
      : value instanceof StarlarkDict
        ? DICT_METHODS
        : value instanceof StarlarkList
          ? LIST_METHODS
          : value instanceof StarlarkSet
            ? SET_METHODS
            : value instanceof StarlarkBytes
              ? BYTES_METHODS
              : NONE
  ) as MethodTable<Value>;
}

/** The method that a builtin type has under this name. */
export function methodOf(value: Value, name: string): Method<Value> | undefined {
  return tableOf(value).get(name);
}

/** Finds the method of one name, looked up once for all types, to call it: a long string counts as work. */
export function methodFinder(name: string): (value: Value) => Method<Value> | undefined {
  const [onString, onDict, onList] = [STRING_METHODS.get(name), DICT_METHODS.get(name), LIST_METHODS.get(name)] as (
    Method<Value> | undefined
  )[];
  return (value) => {
    if (typeof value === 'string') {
      if (value.length > 1024) work(value.length);
      return onString;
    }
    if (value instanceof StarlarkDict) return onDict;
    return value instanceof StarlarkList ? onList : methodOf(value, name);
  };
}

/** Calls a method of a builtin type. */
export function callMethod(thread: Thread, method: Method<Value>, self: Value, args: Value[], kwargs: ReadonlyMap<string, Value>): Value {
  return method.run(self, arrange(method, args, kwargs), thread, kwargs);
}

/** Calls `self.name`: its method, or where there is none the value that the attribute has. */
export function callAttribute(
  thread: Thread,
  method: Method<Value> | undefined,
  self: Value,
  attribute: Value,
  args: Value[],
  kwargs: Map<string, Value>,
): Value {
  return method === undefined ? invoke(thread, attribute, args, kwargs) : callMethod(thread, method, self, args, kwargs);
}

/** `value.name`, or undefined. */
export function findAttribute(value: Value, name: string): Value | undefined {
  if (value instanceof StarlarkStruct) return value.fields.get(name);
  if (value instanceof HostObject) return value.getAttr(name);
  const method = methodOf(value, name);
  return method === undefined ? undefined : new Builtin(name, (thread, args, kwargs) => callMethod(thread, method, value, args, kwargs));
}

/** `value.name`; raises with the nearest name. */
export function getAttribute(value: Value, name: string): Value {
  const found = findAttribute(value, name);
  if (found === undefined) throw missingAttribute(value, name);
  return found;
}

/** The error for an attribute that is not there. */
export function missingAttribute(value: Value, name: string): EvalError {
  const names = attributeNames(value);
  const near = nearestName(name, names);
  const isKey = value instanceof StarlarkDict && value.has(name);
  const hint = isKey
    ? `a dict's entry is read with ["${name}"]`
    : near !== null
      ? `did you mean '.${near}'?`
      : names.length > 0 && names.length <= 30
        ? `it has ${names.join(', ')}`
        : null;
  return new EvalError(`${typeName(value)} has no .${name} field or method`, hint);
}

/** The names that dir() gives. */
export function attributeNames(value: Value): string[] {
  if (value instanceof StarlarkStruct) return [...value.fields.keys()].sort();
  return value instanceof HostObject ? value.attrNames().sort() : [...tableOf(value).keys()].sort();
}
