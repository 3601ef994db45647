import type { Binding, FunctionScope, ModuleScope } from '../resolve/scope.ts';
import type { Span } from './span.ts';

/** A use or a definition of a name; the resolver fills in `binding`. */
export interface Ident {
  readonly kind: 'ident';
  readonly name: string;
  readonly span: Span;
  binding: Binding | null;
}

export type BinaryOp =
  '+' | '-' | '*' | '/' | '//' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';
export type UnaryOp = '+' | '-' | '~' | 'not';

export interface IntLiteral {
  readonly kind: 'int';
  readonly value: number | bigint;
  readonly span: Span;
}
export interface FloatLiteral {
  readonly kind: 'float';
  readonly value: number;
  readonly span: Span;
}
export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}
/** `value` holds one UTF-16 unit a byte. */
export interface BytesLiteral {
  readonly kind: 'bytes';
  readonly value: string;
  readonly span: Span;
}
export interface Unary {
  readonly kind: 'unary';
  readonly op: UnaryOp;
  readonly operand: Expr;
  readonly span: Span;
}
export interface Binary {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}
export interface Logical {
  readonly kind: 'logical';
  readonly op: 'and' | 'or';
  readonly left: Expr;
  readonly right: Expr;
  readonly span: Span;
}
export interface Conditional {
  readonly kind: 'conditional';
  readonly test: Expr;
  readonly then: Expr;
  readonly otherwise: Expr;
  readonly span: Span;
}
export interface Call {
  readonly kind: 'call';
  readonly callee: Expr;
  readonly args: readonly Argument[];
  readonly span: Span;
}
export interface Index {
  readonly kind: 'index';
  readonly object: Expr;
  readonly index: Expr;
  readonly span: Span;
}
export interface Slice {
  readonly kind: 'slice';
  readonly object: Expr;
  readonly from: Expr | null;
  readonly to: Expr | null;
  readonly step: Expr | null;
  readonly span: Span;
}
export interface Dot {
  readonly kind: 'dot';
  readonly object: Expr;
  readonly name: string;
  readonly nameSpan: Span;
  readonly span: Span;
}
export interface ListExpr {
  readonly kind: 'list';
  readonly items: readonly Expr[];
  readonly span: Span;
}
export interface TupleExpr {
  readonly kind: 'tuple';
  readonly items: readonly Expr[];
  readonly span: Span;
}
export interface DictEntry {
  readonly key: Expr;
  readonly value: Expr;
}
export interface DictExpr {
  readonly kind: 'dict';
  readonly entries: readonly DictEntry[];
  readonly span: Span;
}
export type Clause =
  | { readonly kind: 'for'; readonly target: Expr; readonly iterable: Expr; readonly span: Span }
  | { readonly kind: 'if'; readonly test: Expr; readonly span: Span };
/** `[body for …]`, or with a key `{key: body for …}`. */
export interface Comprehension {
  readonly kind: 'comprehension';
  readonly key: Expr | null;
  readonly body: Expr;
  readonly clauses: readonly Clause[];
  readonly span: Span;
}
export interface Lambda {
  readonly kind: 'lambda';
  readonly params: readonly Param[];
  readonly body: Expr;
  readonly span: Span;
  scope: FunctionScope | null;
}

export type Argument =
  | { readonly kind: 'positional'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'args'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'kwargs'; readonly value: Expr; readonly span: Span }
  | { readonly kind: 'named'; readonly name: string; readonly nameSpan: Span; readonly value: Expr; readonly span: Span };

export type Param =
  | { readonly kind: 'required'; readonly name: Ident; readonly span: Span }
  | { readonly kind: 'args'; readonly name: Ident; readonly span: Span }
  | { readonly kind: 'kwargs'; readonly name: Ident; readonly span: Span }
  | { readonly kind: 'optional'; readonly name: Ident; readonly default: Expr; readonly span: Span }
  | { readonly kind: 'star'; readonly span: Span };

export type Expr =
  | Ident
  | IntLiteral
  | FloatLiteral
  | StringLiteral
  | BytesLiteral
  | Unary
  | Binary
  | Logical
  | Conditional
  | Call
  | Index
  | Slice
  | Dot
  | ListExpr
  | TupleExpr
  | DictExpr
  | Comprehension
  | Lambda;

export interface ExprStmt {
  readonly kind: 'expr';
  readonly value: Expr;
  readonly span: Span;
}
export interface Assign {
  readonly kind: 'assign';
  readonly target: Expr;
  readonly value: Expr;
  readonly span: Span;
}
export interface AugAssign {
  readonly kind: 'augassign';
  readonly op: BinaryOp;
  readonly target: Expr;
  readonly value: Expr;
  readonly span: Span;
}
export interface Def {
  readonly kind: 'def';
  readonly name: Ident;
  readonly params: readonly Param[];
  readonly body: readonly Stmt[];
  readonly span: Span;
  scope: FunctionScope | null;
}
export interface If {
  readonly kind: 'if';
  readonly test: Expr;
  readonly then: readonly Stmt[];
  readonly otherwise: readonly Stmt[];
  readonly span: Span;
}
export interface For {
  readonly kind: 'for';
  readonly target: Expr;
  readonly iterable: Expr;
  readonly body: readonly Stmt[];
  readonly span: Span;
}
export interface Return {
  readonly kind: 'return';
  readonly value: Expr | null;
  readonly span: Span;
}
export interface Jump {
  readonly kind: 'break' | 'continue' | 'pass';
  readonly span: Span;
}
export interface LoadName {
  readonly local: Ident;
  readonly remote: string;
  readonly span: Span;
}
export interface Load {
  readonly kind: 'load';
  readonly module: string;
  readonly moduleSpan: Span;
  readonly names: readonly LoadName[];
  readonly span: Span;
}

export type Stmt = ExprStmt | Assign | AugAssign | Def | If | For | Return | Jump | Load;

/** A whole file. */
export interface FileNode {
  readonly file: string;
  readonly source: string;
  readonly body: readonly Stmt[];
  scope: ModuleScope | null;
}
