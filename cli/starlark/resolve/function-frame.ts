import type { Binding, FreeVariable, LocalVariable } from './scope.ts';

/** The scope of one function (or of the module's own comprehensions) while it is being resolved. */
export class FunctionFrame {
  readonly parent: FunctionFrame | null;
  readonly locals: LocalVariable[] = [];
  readonly free: FreeVariable[] = [];
  /** Innermost last: the function's own names, then one block for each comprehension around the current place. */
  private readonly blocks: Map<string, LocalVariable>[] = [new Map()];

  constructor(parent: FunctionFrame | null) {
    this.parent = parent;
  }

  declare(name: string, isParam: boolean): LocalVariable {
    const block = this.blocks.at(-1) as Map<string, LocalVariable>;
    const known = block.get(name);
    if (known !== undefined) return known;
    const variable: LocalVariable = { name, index: this.locals.length, isParam, captured: false };
    this.locals.push(variable);
    block.set(name, variable);
    return variable;
  }

  /** Runs `body` with a fresh block of names. */
  inBlock<T>(body: () => T): T {
    this.blocks.push(new Map());
    const result = body();
    this.blocks.pop();
    return result;
  }

  /** Runs `body` as if the innermost block were not there yet. */
  outsideBlock<T>(body: () => T): T {
    const block = this.blocks.pop() as Map<string, LocalVariable>;
    const result = body();
    this.blocks.push(block);
    return result;
  }

  find(name: string): Binding | null {
    for (let i = this.blocks.length - 1; i >= 0; i--) {
      const variable = this.blocks[i]?.get(name);
      if (variable !== undefined) return { kind: 'local', variable };
    }
    return this.capture(name);
  }

  /** Finds the name in an enclosing function and threads it through as a captured variable. */
  private capture(name: string): Binding | null {
    const known = this.free.findIndex((f) => f.name === name);
    if (known >= 0) return { kind: 'free', index: known };
    const outer = this.parent?.find(name) ?? null;
    if (outer === null || (outer.kind !== 'local' && outer.kind !== 'free')) return null;
    if (outer.kind === 'local') outer.variable.captured = true;
    this.free.push({ name, from: outer });
    return { kind: 'free', index: this.free.length - 1 };
  }

  /** Every name that is visible here, for suggestions. */
  visible(): string[] {
    return [...this.blocks.flatMap((b) => [...b.keys()]), ...(this.parent?.visible() ?? [])];
  }
}
