import type { Thread } from './thread.ts';
import { HostObject, type Value } from './values.ts';

/** No keyword arguments. */
export const NO_KWARGS: Map<string, Value> = new Map();

export type BuiltinCall = (thread: Thread, args: Value[], kwargs: Map<string, Value>) => Value;

/** A function written in TypeScript. */
export class Builtin {
  get starlarkType(): string {
    return 'builtin_function_or_method';
  }
  readonly name: string;
  readonly call: BuiltinCall;

  constructor(name: string, call: BuiltinCall) {
    this.name = name;
    this.call = call;
  }
}

/** A host value that can be called. */
export abstract class CallableHost extends HostObject {
  abstract call(thread: Thread, args: Value[], kwargs: Map<string, Value>): Value;
}
