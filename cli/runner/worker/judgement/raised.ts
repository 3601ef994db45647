import type { StarlarkError } from '../../../starlark/index.ts';

/** An error that a predicate raised on an event, with the place where it did: `at orders.star:41:30: key "id" not in dict`. */
export function raisedText({ message, span }: StarlarkError): string {
  return span === null ? message : `at ${span.file}:${span.line}:${span.col}: ${message}`;
}
