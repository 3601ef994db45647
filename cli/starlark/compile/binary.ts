import type { Binary, BinaryOp } from '../syntax/ast.ts';
import type { Eval } from '../run/frame.ts';
import { StarlarkDict } from '../run/dict.ts';
import type { Value } from '../run/values.ts';

type Operator = (op: BinaryOp, x: Value, y: Value) => Value;

/** A binary operator: small ints and equal strings here, everything else by `general`. */
export function compileBinary(e: Binary, left: Eval, right: Eval, general: Operator): Eval {
  const { op, span } = e;
  switch (op) {
    case '+': return add(left, right, e, general);
    case '-': return subtract(left, right, e, general);
    case '*': return multiply(left, right, e, general);
    case '%': return modulo(left, right, e, general);
    case '==': case '!=': return equality(left, right, e, general);
    case '<': case '<=': case '>': case '>=': return ordering(left, right, e, general);
    case 'in': return membership(left, right, e, general);
    default: return (f) => {
      const x = left(f);
      const y = right(f);
      f.at = span;
      return general(op, x, y);
    };
  }
}

function add(left: Eval, right: Eval, { span }: Binary, general: Operator): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x + y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r;
    }
    f.at = span;
    return general('+', x, y);
  };
}

function subtract(left: Eval, right: Eval, { span }: Binary, general: Operator): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x - y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r;
    }
    f.at = span;
    return general('-', x, y);
  };
}

function multiply(left: Eval, right: Eval, { span }: Binary, general: Operator): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'number' && typeof y === 'number') {
      const r = x * y;
      if (r <= 9007199254740991 && r >= -9007199254740991) return r + 0;
    }
    f.at = span;
    return general('*', x, y);
  };
}

function modulo(left: Eval, right: Eval, { span }: Binary, general: Operator): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'number' && typeof y === 'number' && x >= 0 && y > 0) return x % y;
    f.at = span;
    return general('%', x, y);
  };
}

function equality(left: Eval, right: Eval, { op, span }: Binary, general: Operator): Eval {
  const whenSame = op === '==';
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'string' && typeof y === 'string') return (x === y) === whenSame;
    if (typeof x === 'number' && typeof y === 'number') return (x === y) === whenSame;
    f.at = span;
    return general(op, x, y);
  };
}

function ordering(left: Eval, right: Eval, { op, span }: Binary, general: Operator): Eval {
  const less = op === '<' || op === '<=';
  const orEqual = op === '<=' || op === '>=';
  return (f) => {
    const x = left(f);
    const y = right(f);
    if (typeof x === 'number' && typeof y === 'number') return x === y ? orEqual : x < y === less;
    f.at = span;
    return general(op, x, y);
  };
}

function membership(left: Eval, right: Eval, { span }: Binary, general: Operator): Eval {
  return (f) => {
    const x = left(f);
    const y = right(f);
    f.at = span;
    return y instanceof StarlarkDict ? y.has(x) : general('in', x, y);
  };
}
