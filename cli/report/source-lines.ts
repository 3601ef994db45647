import type { SpecFile } from '../spec/plan.ts';
import { withoutSecrets } from '../spec/without-secrets.ts';
import type { SourceLine } from './failure.ts';

/** Gives the lines of a plan's files, as they may be shown. */
export function sourceLines(files: readonly SpecFile[]): SourceLine {
  const lines = new Map(files.map(({ name, source }) => [name, withoutSecrets(source).split('\n')]));
  return (file, line) => lines.get(file)?.[line - 1] ?? '';
}
