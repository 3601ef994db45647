import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { SpecError } from '../spec-error.ts';
import type { ServicePlan } from '../../spec/plan.ts';

/** Finds a service's program: beside the spec, then in the working directory, then, for a bare name, on PATH. */
export function findProgram(service: ServicePlan, specDir: string, cwd: string): string {
  const { program } = service;
  const tried = isAbsolute(program) ? [program] : [join(specDir, program), join(cwd, program)];
  if (!program.includes('/')) for (const dir of (process.env['PATH'] ?? '').split(delimiter)) if (dir) tried.push(join(dir, program));
  const found = tried.find(isProgram);
  if (found !== undefined) return found;
  const there = tried.find(exists);
  const why =
    there === undefined
      ? `no such program; looked at ${[...new Set(tried.slice(0, 2))].join(' and ')}${program.includes('/') ? '' : ', and on PATH'}`
      : `${there} is there, but is no file that can be executed`;
  throw new SpecError(service.place, `Service "${service.name}" cannot be started: "${program}": ${why}.`);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isProgram(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
