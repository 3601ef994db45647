import { always, constantOf, int, RAISED, type Shape, some, someOrRaised, split, type Symbolic, text, UNKNOWN_VALUE } from './symbolic.ts';

/** Whether a string is ASCII only: there bytes, code points and UTF-16 units are the same. */
export function isAscii(sql: string): string {
  return `length(${sql}) = lengthUTF8(${sql})`;
}

/** `str(x)`. Containers may nest too deep to be written. */
export function textOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'string':
    case 'opaque':
      return always(shape);
    case 'int':
      return always(text(`toString(${shape.sql})`));
    case 'float':
      return some('string');
    case 'bool':
      return split(shape.sql, constantOf('True'), constantOf('False'));
    case 'some':
      if (shape.type === 'key') return some('key');
      return isContainer(shape.type) ? someOrRaised('string') : some('string');
    case 'constant':
      return constantText(shape);
    case 'list':
    case 'dict':
    case 'fields':
    case 'sequence':
    case 'counted':
      return someOrRaised('string');
    case 'strings':
      return some('string');
    default:
      return UNKNOWN_VALUE;
  }
}

function constantText(shape: Extract<Shape, { kind: 'constant' }>): Symbolic {
  const { value } = shape;
  if (typeof value === 'string') return always(shape);
  if (value === null) return constantOf('None');
  if (typeof value === 'boolean') return constantOf(value ? 'True' : 'False');
  return typeof value === 'number' || typeof value === 'bigint' ? constantOf(String(value)) : someOrRaised('string');
}

/** `int(x)`. */
export function intOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'int':
      return always(shape);
    case 'float': {
      const small = `abs(${shape.sql}) < 9e18`;
      return split(small, always(int(`toInt64(if(${small}, ${shape.sql}, 0))`)), some('int'));
    }
    case 'bool':
      return split(shape.sql, constantOf(1), constantOf(0));
    case 'string':
      return parsed(shape.sql);
    case 'some':
      return shape.type === 'int' ? always(shape) : isContainer(shape.type) ? RAISED : someOrRaised('int');
    case 'list':
    case 'dict':
    case 'strings':
    case 'sequence':
    case 'counted':
      return RAISED;
    case 'constant':
      return shape.value === null ? RAISED : UNKNOWN_VALUE;
    default:
      return someOrRaised('int');
  }
}

function isContainer(type: string): boolean {
  return type === 'list' || type === 'tuple' || type === 'dict';
}

/** Digits with a sign, nothing else; more than 18 are left to the interpreter. */
function parsed(sql: string): Symbolic {
  const short = `match(${sql}, '^[+-]?[0-9]{1,18}\\\\z')`;
  const long = `match(${sql}, '^[+-]?[0-9]{19,}\\\\z')`;
  return split(short, always(int(`toInt64OrZero(${sql})`)), split(long, someOrRaised('int'), RAISED));
}

/** `float(x)`. */
export function floatOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'float':
      return always(shape);
    case 'int':
      return shape.bits > 64 ? someOrRaised('float') : always({ kind: 'float', sql: `toFloat64(${shape.sql})` });
    case 'bool':
      return always({ kind: 'float', sql: `toFloat64(${shape.sql})` });
    case 'string':
      return split(looksLikeNumber(shape.sql), someOrRaised('float'), RAISED);
    case 'some':
      return shape.type === 'float' ? always(shape) : isContainer(shape.type) ? RAISED : someOrRaised('float');
    case 'list':
    case 'dict':
    case 'strings':
    case 'sequence':
    case 'counted':
      return RAISED;
    case 'constant':
      return shape.value === null ? RAISED : UNKNOWN_VALUE;
    default:
      return someOrRaised('float');
  }
}

function looksLikeNumber(sql: string): string {
  return `match(${sql}, '^[+-]?([0-9.]|[iI]|[nN])')`;
}

// prettier-ignore
const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'string', opaque: 'string', int: 'int', float: 'float', bool: 'bool', list: 'list', strings: 'list', counted: 'list',
  dict: 'dict', fields: 'dict',
};

/** `type(x)`. */
export function typeOf(shape: Shape): Symbolic {
  const name =
    shape.kind === 'sequence' || (shape.kind === 'some' && shape.type !== 'key')
      ? shape.type
      : shape.kind === 'constant'
        ? constantType(shape)
        : TYPE_NAMES[shape.kind];
  return name === undefined ? UNKNOWN_VALUE : constantOf(name);
}

function constantType({ value }: Extract<Shape, { kind: 'constant' }>): string | undefined {
  if (value === null) return 'NoneType';
  return typeof value === 'string' ? 'string' : undefined;
}

/** `len(x)`: strings beyond ASCII are counted by the interpreter, in UTF-16 units. */
export function stringLength(sql: string): Symbolic {
  return split(isAscii(sql), always(int(`length(${sql})`)), some('int'));
}
