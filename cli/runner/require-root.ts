import { existsSync } from 'node:fs';
import { EnvironmentError } from './environment-error.ts';
import { nativeProgram } from './folders.ts';

/** What every run needs of the machine, checked before anything is started. */
export function requireRoot(): void {
  if (process.platform !== 'linux') throw new EnvironmentError('E_PLATFORM', 'faultbox needs Linux: it watches system calls with eBPF.');
  if (process.geteuid?.() !== 0)
    throw new EnvironmentError('E_NOT_ROOT', 'faultbox needs root: it loads eBPF programs and makes cgroups. Run it with sudo.');
  for (const name of ['launch', 'tracer', 'keeper', 'engine'] as const) {
    if (!existsSync(nativeProgram(name)))
      throw new EnvironmentError('E_NOT_BUILT', `native/build/${name} is missing. Run "npm run setup" in the checkout.`);
  }
}
