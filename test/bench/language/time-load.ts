/** Prints how many ms a spec, given by its path, takes to load in a process that has just begun. */
import { dirname } from 'node:path';
import { loadSpec } from '../../../cli/spec/load-spec.ts';

const [spec = ''] = process.argv.slice(2);
const began = performance.now();
loadSpec(spec, dirname(spec), () => undefined);
process.stdout.write(String(performance.now() - began));
