import { ErrorCode, NatsError } from 'nats';
import { Refused } from './refused.ts';

/** How to log in to a NATS server. */
export type NatsLogin =
  { readonly kind: 'user'; readonly user: string; readonly password: string } | { readonly kind: 'token'; readonly token: string };

/** As the client's options have it. */
export function natsCredentials(login: NatsLogin | null): { user?: string; pass?: string; token?: string } {
  if (login === null) return {};
  return login.kind === 'user' ? { user: login.user, pass: login.password } : { token: login.token };
}

/** What the server says, as a refusal where it is one. */
export function natsFailure(error: Error, login: NatsLogin | null): Error {
  if (!(error instanceof NatsError)) return error;
  if (error.permissionContext) return new Refused(permissionSentence(error.permissionContext, login));
  return error.code === ErrorCode.AuthorizationViolation ? new Refused(loginSentence(login)) : error;
}

function loginSentence(login: NatsLogin | null): string {
  if (login === null) return "the server asks for a login: set NATS_USER and NATS_PASSWORD, or NATS_TOKEN, in the service's env";
  const [who, variables] = login.kind === 'user' ? [`login of "${login.user}"`, 'NATS_USER and NATS_PASSWORD'] : ['token', 'NATS_TOKEN'];
  return `the server refuses the ${who}: set ${variables} in the service's env to what it takes`;
}

/** What is said where the server does not permit something; `context` as the client has it. */
export function permissionSentence(context: { readonly operation: string; readonly subject: string }, login: NatsLogin | null): string {
  const who = login?.kind === 'user' ? `"${login.user}"` : 'this client';
  const verb = context.operation === 'publish' ? 'publish to' : 'subscribe to';
  return `the server does not permit ${who} to ${verb} ${context.subject}: allow it in the permissions of its authorization`;
}
