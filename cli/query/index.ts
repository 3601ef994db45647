import type { StarlarkFunction } from '../starlark/index.ts';
export type Translation = { kind: 'exact'; where: { text: string; params: Record<string, { type: string; value: unknown }> } } | { kind: 'prefilter'; where: { text: string; params: Record<string, { type: string; value: unknown }> }; why: string } | { kind: 'none'; why: string };
export function translate(_: StarlarkFunction): Translation { return { kind: 'none', why: 'not yet' }; }
export function dependsOn(_: StarlarkFunction): { types: string[] | null; services: string[] | null } { return { types: null, services: null }; }
export function clauses(_: StarlarkFunction): Array<{ text: string; evaluate(event: unknown, thread: unknown): { met: boolean; saw: string } }> { return []; }
