import { EvalError } from './errors.ts';
import { checkStringLength } from './limits.ts';
import { repr, str } from './repr.ts';
import { nearestName } from '../nearest-name.ts';
import type { Value } from './values.ts';

/** A replacement field after the text before it: `name` is '' for {}, digits for {0}. The last part has no field. */
interface Part {
  readonly text: string;
  readonly field: { readonly name: string; readonly isNumber: boolean; readonly conversion: string } | null;
}

/** Formats are few and used again and again. */
const KNOWN = new Map<string, readonly Part[]>();
const MAX_KNOWN = 500;

/** `format.format(*args, **kwargs)`: {} {0} {name}, with !r or !s. */
export function formatString(format: string, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): string {
  let automatic = 0;
  let manual = false;
  let text = '';
  for (const part of partsOf(format)) {
    text += part.text;
    const { field } = part;
    if (field === null) break;
    let value: Value;
    if (field.name === '') {
      if (manual) throw new EvalError('format: cannot switch from manual field specification to automatic field numbering');
      value = positional(args, automatic++);
    } else if (field.isNumber) {
      if (automatic > 0) throw new EvalError('format: cannot switch from automatic field numbering to manual');
      manual = true;
      value = positional(args, Number(field.name));
    } else value = named(kwargs, field.name);
    text += field.conversion === 'r' ? repr(value) : str(value);
    checkStringLength(text.length);
  }
  return text;
}

function partsOf(format: string): readonly Part[] {
  const known = KNOWN.get(format);
  if (known !== undefined) return known;
  const parts = parseFormat(format);
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(format, parts);
  return parts;
}

function parseFormat(format: string): Part[] {
  const parts: Part[] = [];
  const braces = /[{}]/g;
  let text = '';
  let end = 0;
  for (let match = braces.exec(format); match !== null; match = braces.exec(format)) {
    const [c] = match;
    text += format.slice(end, match.index);
    end = match.index + 1;
    if (format[end] === c) {
      text += c;
      end++;
    } else {
      if (c === '}') throw new EvalError("format: single '}' in format", "a brace is written '}}'");
      const close = format.indexOf('}', end);
      if (close < 0) throw new EvalError("format: unmatched '{' in format", "a brace is written '{{'");
      const field = readField(format.slice(end, close));
      parts.push({ text, field: { ...field, isNumber: /^\d+$/.test(field.name) } });
      text = '';
      end = close + 1;
    }
    braces.lastIndex = end;
  }
  parts.push({ text: text + format.slice(end), field: null });
  return parts;
}

function readField(text: string): { name: string; conversion: string } {
  if (text.includes('{')) throw new EvalError('format: nested replacement fields are not supported');
  const [, name = '', conversion = 's', spec] = /^([^!:]*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(text) ?? [];
  if (spec !== undefined && spec !== '') {
    throw new EvalError(
      `format: format specification '${spec}' is not supported`,
      'Starlark has no field widths; use "%d" % x and the like',
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
