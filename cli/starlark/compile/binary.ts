import type { Binary, BinaryOp } from '../syntax/ast.ts';
import { StarlarkDict } from '../run/dict.ts';
import type { Eval, Frame } from '../run/frame.ts';
import type { Value } from '../run/values.ts';
import { literalOf, plainSlot } from './operand.ts';

type Operator = (op: BinaryOp, x: Value, y: Value) => Value;

/** What the closures of one operator share: how its operands are read (`operand.ts`), where it stands, and what does the general case. */
interface Parts {
  readonly op: BinaryOp;
  readonly leftSlot: number;
  readonly rightSlot: number;
  readonly left: Eval;
  readonly right: Eval;
  /** The right operand if it is a literal. */
  readonly constant: Value | undefined;
  readonly general: (f: Frame, x: Value | undefined, y: Value | undefined) => Value;
}

/** A binary operator: small ints and equal strings here, everything else by `general`. */
export function compileBinary(e: Binary, left: Eval, right: Eval, general: Operator): Eval {
  const { op, span } = e;
  const parts: Parts = {
    op, left, right, leftSlot: plainSlot(e.left), rightSlot: plainSlot(e.right), constant: literalOf(e.right),
    general: (f, x, y) => {
      const [a, b] = [x === undefined ? left(f) : x, y === undefined ? right(f) : y];
      f.at = span;
      return general(op, a, b);
    },
  };
  switch (op) {
    case '+': return add(parts);
    case '-': return subtract(parts);
    case '*': return multiply(parts);
    case '%': return modulo(parts);
    case '==': case '!=': return equality(parts);
    case '<': case '<=': case '>': case '>=': return ordering(parts);
    case 'in': return membership(parts);
    default: return (f) => parts.general(f, left(f), right(f));
  }
}

function add({ left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x + y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r;
    } else if (typeof x === 'string' && typeof y === 'string' && x.length + y.length < 4096) return x + y;
    return general(f, x, y);
  };
}

function subtract({ left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x - y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r;
    }
    return general(f, x, y);
  };
}

function multiply({ left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x * y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r + 0;
    }
    return general(f, x, y);
  };
}

function modulo({ left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'number' && typeof y === 'number' && x >= 0 && y > 0) return x % y;
    return general(f, x, y);
  };
}

function equality({ op, left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  const whenSame = op === '==';
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'string' && typeof y === 'string' && x.length < 4096) return (x === y) === whenSame;
    if (typeof x === 'number' && typeof y === 'number') return (x === y) === whenSame;
    return general(f, x, y);
  };
}

function ordering({ op, left, right, leftSlot, rightSlot, constant, general }: Parts): Eval {
  const less = op === '<' || op === '<=';
  const orEqual = op === '<=' || op === '>=';
  return (f) => {
    const x = leftSlot >= 0 ? (f.locals[leftSlot] as Value | undefined) : left(f);
    const y = constant !== undefined ? constant : rightSlot >= 0 ? (f.locals[rightSlot] as Value | undefined) : right(f);
    if (typeof x === 'number' && typeof y === 'number') return x === y ? orEqual : x < y === less;
    return general(f, x, y);
  };
}

function membership({ left, right, general }: Parts): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (y instanceof StarlarkDict && typeof x === 'string') return y.has(x);
    return general(f, x, y);
  };
}
