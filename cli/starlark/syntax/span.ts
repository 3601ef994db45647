/** A place in a source file. Lines and columns count from 1, columns in UTF-16 units; `start` and `end` are offsets into the text. */
export interface Span {
  readonly file: string;
  readonly line: number;
  readonly col: number;
  readonly endLine: number;
  readonly endCol: number;
  readonly start: number;
  readonly end: number;
}

/** The span from the beginning of `first` to the end of `last`. */
export function spanning(first: Span, last: Span): Span {
  return {
    file: first.file,
    line: first.line,
    col: first.col,
    endLine: last.endLine,
    endCol: last.endCol,
    start: first.start,
    end: last.end,
  };
}

/** One mistake in a file: what is wrong, where, and what would help. */
export interface SyntaxProblem {
  readonly message: string;
  readonly span: Span;
  readonly hint: string | null;
}
