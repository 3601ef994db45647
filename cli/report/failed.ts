import { EnvironmentError } from '../runner/environment-error.ts';
import { interruptedCode } from '../runner/interruption.ts';
import { SpecError } from '../runner/spec-error.ts';

const usageCodes = new Set<unknown>(['E_STORE_ADDRESS', 'E_BUS_ADDRESS']);

/**
 * Ends the process over an error that no test could take: its sentence to stderr, exit code 2 for what the user wrote, 3 for the machine,
 * 130 for an interruption.
 */
export function failed(error: unknown): never {
  const { message = String(error), oclif } = error as Error & { oclif?: { exit?: number } };
  if (oclif?.exit === 0) process.exit(0);
  const usage = oclif !== undefined || error instanceof SpecError || usageCodes.has((error as { code?: unknown }).code);
  process.stderr.write(`${usage || error instanceof EnvironmentError || hasCode(error) ? message : unforeseen(error)}\n`);
  process.exit((error as { code?: unknown }).code === 'E_INTERRUPTED' ? interruptedCode : usage ? 2 : 3);
}

function hasCode(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === 'string';
}

function unforeseen(error: unknown): string {
  const { stack, message } = error as Error;
  const detail = process.env['FAULTBOX_DEBUG'] ? `\n${stack}` : '';
  return `faultbox failed in a way that it should not: ${message}. Please report it; FAULTBOX_DEBUG=1 shows where.${detail}`;
}
