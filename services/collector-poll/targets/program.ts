import { runProgram } from '../../clients/program.ts';
import type { Target } from './target.ts';

/** A program: its output is the value. It finds the service's interfaces in `<NAME>_ADDR`, as 127.0.0.1 and a port of the host. */
export function programTarget(words: readonly string[], interfaces: Readonly<Record<string, number>>): Target {
  const addresses = Object.entries(interfaces).map(([name, port]) => [
    `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_ADDR`,
    `127.0.0.1:${port}`,
  ]);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    ...(Object.fromEntries(addresses) as Record<string, string>),
  };
  return {
    sample: async (timeout_ms) => ({ value: (await runProgram(words, env, timeout_ms)).stdout, exists: true }),
    close: () => {},
  };
}
