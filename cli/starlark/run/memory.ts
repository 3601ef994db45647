import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { EvalError } from './errors.ts';

/** What all values together may take; less where the JavaScript thread itself has less. */
const MAX_MEMORY_bytes = 512 * 1024 * 1024;
const SHARE_OF_HEAP = 0.7;

/** Raises when the program holds too much memory. Cheap as long as there is plenty. */
export function checkMemory(): void {
  const limit_bytes = Math.min(MAX_MEMORY_bytes, getHeapStatistics().heap_size_limit * SHARE_OF_HEAP);
  if (used_bytes() <= limit_bytes) return;
  collectGarbage();
  if (used_bytes() <= limit_bytes) return;
  throw new EvalError(
    `the program holds more than ${Math.floor(limit_bytes / 1024 / 1024)} MiB of values`,
    'does a list, dict or string grow without end?',
  );
}

function used_bytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** The heap's figure counts garbage; only this tells what is held. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
