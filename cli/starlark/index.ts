export { call, check, execFile, parse, type Program } from './execute.ts';
export { withBody } from './compile/function.ts';
export type { LoadModule } from './run/load.ts';
export { binary, unary } from './run/operators.ts';
export { getIndex, slice } from './run/subscript.ts';
export { nearestName } from './nearest-name.ts';
export { Builtin, type BuiltinCall, CallableHost } from './run/builtin.ts';
export { attributeNames, findAttribute, getAttribute, missingAttribute } from './run/attributes.ts';
export { invoke } from './run/call.ts';
export { compare, compareStrings, equals } from './run/compare.ts';
export { StarlarkDict } from './run/dict.ts';
export { ArgumentError, EvalError, StarlarkError, type StackFrame } from './run/errors.ts';
export { freeze } from './run/freeze.ts';
export { StarlarkFunction } from './run/function.ts';
export { elementsOf, iterate, lengthOf } from './run/iterate.ts';
export { fromJson, toJson } from './run/json.ts';
export { arrange, builtin, signature, type Signature } from './run/method.ts';
export { jsonModule, structBuiltin } from './run/modules.ts';
export { repr, str } from './run/repr.ts';
export { StarlarkSet } from './run/set.ts';
export { thaw } from './run/thaw.ts';
export { Thread } from './run/thread.ts';
export { truth } from './run/truth.ts';
export { typeName } from './run/type-name.ts';
export { UNIVERSE } from './run/universe.ts';
export {
  HostObject,
  type HostValue,
  StarlarkBytes,
  StarlarkFloat,
  StarlarkList,
  StarlarkRange,
  StarlarkStruct,
  StarlarkTuple,
  type Value,
} from './run/values.ts';
export type * from './syntax/ast.ts';
export { type Parsed } from './syntax/parser.ts';
export { type Span, type SyntaxProblem, spanning } from './syntax/span.ts';
