import type { For, Stmt } from '../syntax/ast.ts';
import { BREAK, CONTINUE, type Eval, type Exec, NEXT, RETURN } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { compileAugAssign, compileTarget } from './assign.ts';
import { compileExpr, compileTest } from './expression.ts';
import { compileDef } from './function.ts';
import type { LoadModule } from './load.ts';
import { compileLoad } from './load.ts';
import { runLoop } from './loop.ts';
import { plainSlot } from './operand.ts';

/** Statements in order, as one closure. */
export function compileBlock(body: readonly Stmt[], m: Module, load: LoadModule | null): Exec {
  const parts = body.filter((s) => s.kind !== 'pass').map((s) => compileStatement(s, m, load));
  const [first = () => NEXT, second = () => NEXT, third = () => NEXT] = parts;
  switch (parts.length) {
    case 0: case 1: return first;
    case 2: return (f) => {
      const completion = first(f);
      return completion === NEXT ? second(f) : completion;
    };
    case 3: return (f) => {
      let completion = first(f);
      if (completion === NEXT) completion = second(f);
      return completion === NEXT ? third(f) : completion;
    };
    default: return (f) => {
      for (let i = 0; i < parts.length; i++) {
        const completion = (parts[i] as Exec)(f);
        if (completion !== NEXT) return completion;
      }
      return NEXT;
    };
  }
}

function compileStatement(s: Stmt, m: Module, load: LoadModule | null): Exec {
  switch (s.kind) {
    case 'expr': return discard(compileExpr(s.value, m));
    case 'assign': {
      const value = compileExpr(s.value, m);
      const slot = plainSlot(s.target);
      const assign = compileTarget(s.target, m);
      return slot >= 0 ? storeLocal(value, slot) : (f) => {
        assign(f, value(f));
        return NEXT;
      };
    }
    case 'augassign': return compileAugAssign(s, m);
    case 'def': {
      const make = compileDef(s, m);
      const assign = compileTarget(s.name, m);
      return (f) => {
        assign(f, make(f));
        return NEXT;
      };
    }
    case 'if': return compileIf(compileTest(s.test, m), compileBlock(s.then, m, load), compileBlock(s.otherwise, m, load));
    case 'for': return compileFor(s, m, load);
    case 'return': {
      const value = s.value === null ? null : compileExpr(s.value, m);
      return (f) => {
        f.result = value === null ? null : value(f);
        return RETURN;
      };
    }
    case 'break': return () => BREAK;
    case 'continue': return () => CONTINUE;
    case 'pass': return () => NEXT;
    case 'load': return compileLoad(s, m, load);
  }
}

function storeLocal(value: Eval, slot: number): Exec {
  return (f) => {
    f.locals[slot] = value(f);
    return NEXT;
  };
}

function discard(value: Eval): Exec {
  return (f) => {
    value(f);
    return NEXT;
  };
}

function compileIf(test: (f: Parameters<Exec>[0]) => boolean, then: Exec, otherwise: Exec): Exec {
  return (f) => (test(f) ? then(f) : otherwise(f));
}

function compileFor(s: For, m: Module, load: LoadModule | null): Exec {
  const iterable = compileExpr(s.iterable, m);
  const slot = plainSlot(s.target);
  const bind = compileTarget(s.target, m);
  const body = compileBlock(s.body, m, load);
  const { span } = s.iterable;
  return (f) => {
    const items = iterable(f);
    f.at = span;
    return runLoop(f, items, slot, bind, body);
  };
}
