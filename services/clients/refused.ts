/** What a server refuses however often it is asked: a login, or something that the login may not do. Its message names the remedy. */
export class Refused extends Error {
  override name = 'Refused';
}
