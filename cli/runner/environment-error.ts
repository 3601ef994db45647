/** faultbox itself cannot work here or no longer: exit code 3. The message names what failed and the remedy. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
