import { EnvironmentError } from './environment-error.ts';

/** What a test ends with when the run is interrupted. */
export function interruption(): EnvironmentError {
  return new EnvironmentError('E_INTERRUPTED', 'The run was interrupted.');
}

/** The exit code of a run that was interrupted: that of a shell's child which SIGINT ended. */
export const interruptedCode = 130;

/** What starts a command may pass a signal on that has reached the command by itself. */
const sameSignal_ms = 500;

/**
 * What a signal does to a run: the first ends it in order, a later one gives it up, as where a broker that is away would be waited for. Its
 * processes end with this one, and the keeper removes what it had.
 */
export function interrupter(stop: AbortController): () => void {
  let first_ms = 0;
  return () => {
    if (stop.signal.aborted && performance.now() - first_ms > sameSignal_ms) {
      process.stderr.write('The run was given up.\n');
      process.exit(interruptedCode);
    }
    if (!stop.signal.aborted) first_ms = performance.now();
    stop.abort();
  };
}

/** Settles as the promise does, or rejects at once when the run is interrupted. */
export async function unlessInterrupted<T>(stop: AbortSignal, promise: Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const onStop = () => stopped.reject(interruption());
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    return await Promise.race([promise, stopped.promise]);
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}
