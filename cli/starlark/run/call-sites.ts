import type { Call } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';

/** Which argument of a call is wrong: by its place, or by its name; `part` says whether its name or its value is. */
export interface ArgumentRef {
  readonly argument: number | string;
  readonly part: 'name' | 'value';
}

const calls = new WeakMap<Span, Call>();

/** Remembers a call by its span, which is what a frame knows of the place where it is. */
export function noteCallSite(call: Call): void {
  calls.set(call.span, call);
}

/** Where an argument of the call at a span stands; null when it does not stand there by itself (`*args`, `**kwargs`, a call from the host). */
export function argumentSpan(site: Span | null, { argument, part }: ArgumentRef): Span | null {
  const call = site === null ? undefined : calls.get(site);
  if (call === undefined) return null;
  if (typeof argument === 'number') {
    const before = call.args.slice(0, argument + 1);
    return before.every((a) => a.kind === 'positional') ? (before[argument]?.span ?? null) : null;
  }
  const named = call.args.find((a) => a.kind === 'named' && a.name === argument);
  if (named?.kind !== 'named') return null;
  return part === 'name' ? named.nameSpan : named.value.span;
}
