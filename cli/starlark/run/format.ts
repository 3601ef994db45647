import { EvalError } from './errors.ts';
import { checkStringLength } from './limits.ts';
import { repr, str } from './repr.ts';
import { nearestName } from '../nearest-name.ts';
import type { Value } from './values.ts';

/** `format.format(*args, **kwargs)`: {} {0} {name}, with !r or !s. */
export function formatString(format: string, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): string {
  const out: string[] = [];
  let automatic = 0;
  let manual = false;
  for (let i = 0; i < format.length; ) {
    const brace = format.slice(i).search(/[{}]/);
    if (brace < 0) {
      out.push(format.slice(i));
      break;
    }
    out.push(format.slice(i, i + brace));
    i += brace;
    const c = format[i] as string;
    if (format[i + 1] === c) {
      out.push(c);
      i += 2;
      continue;
    }
    if (c === '}') throw new EvalError("format: single '}' in format", "a brace is written '}}'");
    const end = format.indexOf('}', i);
    if (end < 0) throw new EvalError("format: unmatched '{' in format", "a brace is written '{{'");
    const field = readField(format.slice(i + 1, end));
    i = end + 1;
    let value: Value;
    if (field.name === '') {
      if (manual) throw new EvalError('format: cannot switch from manual field specification to automatic field numbering');
      value = positional(args, automatic++);
    } else if (/^\d+$/.test(field.name)) {
      if (automatic > 0) throw new EvalError('format: cannot switch from automatic field numbering to manual');
      manual = true;
      value = positional(args, Number(field.name));
    } else value = named(kwargs, field.name);
    out.push(field.conversion === 'r' ? repr(value) : str(value));
  }
  checkStringLength(out.reduce((n, part) => n + part.length, 0));
  return out.join('');
}

function readField(text: string): { name: string; conversion: string } {
  if (text.includes('{')) throw new EvalError('format: nested replacement fields are not supported');
  const [, name = '', conversion = 's', spec] = /^([^!:]*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(text) ?? [];
  if (spec !== undefined && spec !== '') {
    throw new EvalError(
      `format: format specification '${spec}' is not supported`, 'Starlark has no field widths; use "%d" % x and the like',
    );
  }
  if (conversion !== 's' && conversion !== 'r') {
    throw new EvalError(`format: unknown conversion '!${conversion}'`, '!s is str(), !r is repr()');
  }
  if (name.includes('.')) throw new EvalError(`format: attribute syntax x.y is not supported in replacement fields: match '${name}'`);
  if (name.includes('[')) throw new EvalError(`format: element syntax a[i] is not supported in replacement fields: match '${name}'`);
  return { name, conversion };
}

function positional(args: readonly Value[], index: number): Value {
  const value = args[index];
  if (value === undefined) throw new EvalError(`format: tuple index out of range: no replacement found for index ${index}`);
  return value;
}

function named(kwargs: ReadonlyMap<string, Value>, name: string): Value {
  const value = kwargs.get(name);
  if (value !== undefined) return value;
  const near = nearestName(name, kwargs.keys());
  throw new EvalError(`format: keyword ${name} not found: missing argument '${name}'`, near === null ? null : `did you mean '${near}'?`);
}
