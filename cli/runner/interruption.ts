import { EnvironmentError } from './environment-error.ts';

/** What a test ends with when the run is interrupted. */
export function interruption(): EnvironmentError {
  return new EnvironmentError('E_INTERRUPTED', 'The run was interrupted.');
}

/** The exit code of a run that was interrupted: that of a shell's child which SIGINT ended. */
export const interruptedCode = 130;

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
