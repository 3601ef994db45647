import { EnvironmentError } from './environment-error.ts';

/** What a test ends with when the run is interrupted. */
export function interruption(): EnvironmentError {
  return new EnvironmentError('E_INTERRUPTED', 'The run was interrupted.');
}
