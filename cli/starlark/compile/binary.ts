import type { Binary } from '../syntax/ast.ts';
import { exprJs, held } from './expression.ts';
import type { Js, Writer } from './writer.ts';

const MAX_SAFE = '9007199254740991';

/** Up to this size, dividing as floats and rounding down is exact. */
const MAX_EXACT = '4503599627370496';

/** Of more alternatives, `in` asks the sequence. */
const MAX_ALTERNATIVES = 8;

/** A longer string is compared by `equals`, which counts the work. */
const MAX_LITERAL = 1024;

/** An operator with its operands; `inPlace`: of an augmented assignment. */
interface Operation extends Pick<Binary, 'op' | 'left' | 'right' | 'span'> {
  readonly inPlace: boolean;
}

/** A binary operator. */
export function binaryJs(w: Writer, { op, left, right, span }: Binary): Js {
  const e = { op, left, right, span, inPlace: false };
  const x = held(w, left);
  return op === 'in' || op === 'not in' ? membershipJs(w, e, x) : operationJs(w, e, x, held(w, right));
}

/** An operator on operands that are evaluated: small ints here, everything else by what `run/` has. */
export function operationJs(w: Writer, e: Operation, left: Js, right: Js): Js {
  const { op } = e;
  const natural = `${left} >= 0 && ${right} > 0`;
  switch (op) {
    case '+':
    case '-':
      return withinRange(w, e, left, right, '');
    // A zero that is negative becomes an ordinary one.
    case '*':
      return withinRange(w, e, left, right, ' + 0');
    case '//':
      return onNumbers(w, e, left, right, `${natural} && ${left} <= ${MAX_EXACT}`, `Math.floor(${left} / ${right})`);
    case '%':
      return onNumbers(w, e, left, right, natural, `${left} % ${right}`);
    case '==':
    case '!=':
      return equalityJs(w, e, left, right);
    case '<':
    case '<=':
    case '>':
    case '>=':
      return onNumbers(w, e, left, right, '', `${left} ${op} ${right}`);
    default:
      return `(${generalJs(w, e, left, right)})`;
  }
}

function generalJs(w: Writer, { op, span, inPlace }: Operation, left: Js, right: Js): Js {
  return `${w.at(span)}, ${w.use(inPlace ? 'augment' : 'binary')}("${op}", ${left}, ${right})`;
}

/** Whether both operands are numbers, as a condition in front of others; null if they cannot be. */
function bothNumbers(left: Js, right: Js): Js | null {
  if (isIdentical(left) || isIdentical(right)) return null;
  return [left, right]
    .filter((js) => !/^-?\d+$/.test(js))
    .map((js) => `typeof ${js} === "number" && `)
    .join('');
}

/** `value` if both operands are numbers and the condition holds. */
function onNumbers(w: Writer, e: Operation, left: Js, right: Js, condition: Js, value: Js): Js {
  const numbers = bothNumbers(left, right);
  const general = generalJs(w, e, left, right);
  if (numbers === null) return `(${general})`;
  const test = `${numbers}${condition}`.replace(/ && $/, '');
  return test === '' ? `(${value})` : `(${test} ? ${value} : (${general}))`;
}

/** The operator's JavaScript twin, while the result is a safe int. */
function withinRange(w: Writer, e: Operation, left: Js, right: Js, suffix: Js): Js {
  const result = w.temp();
  const inRange = `(${result} = ${left} ${e.op} ${right}) <= ${MAX_SAFE} && ${result} >= -${MAX_SAFE}`;
  return onNumbers(w, e, left, right, inRange, `${result}${suffix}`);
}

function equalityJs(w: Writer, e: Operation, left: Js, right: Js): Js {
  const same = e.op === '==' ? '===' : '!==';
  if (isIdentical(left) || isIdentical(right)) return `(${left} ${same} ${right})`;
  return onNumbers(w, e, left, right, '', `${left} ${same} ${right}`);
}

/** Whether the text is a literal that equals a value only if that is the same JavaScript value. */
function isIdentical(js: Js): boolean {
  return js === 'null' || js === 'true' || js === 'false' || (js.startsWith('"') && js.length <= MAX_LITERAL);
}

/** `x in y`: one comparison for each alternative of a short literal; a dict is asked for a string here. */
function membershipJs(w: Writer, e: Operation, item: Js): Js {
  const { right: container, op } = e;
  const not = op === 'in' ? '' : '!';
  if ((container.kind === 'tuple' || container.kind === 'list') && container.items.length <= MAX_ALTERNATIVES) {
    const alternatives = container.items.map((i) => (i.kind === 'string' ? held(w, i) : ''));
    const tests = alternatives.map((a) => `${item} === ${a}`);
    if (tests.length > 0 && alternatives.every(isIdentical)) return `${not}(${tests.join(' || ')})`;
  }
  const y = w.named(exprJs(w, container));
  const found = `(${w.at(e.span)}, ${w.use('contains')}(${y}, ${item}))`;
  return `${not}(${y} instanceof ${w.use('StarlarkDict')} && typeof ${item} === "string" ? ${y}.has(${item}) : ${found})`;
}
