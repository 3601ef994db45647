import { Refused } from '../refused.ts';

/** How to log in to a broker by SASL. */
export interface KafkaLogin {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly user: string;
  readonly password: string;
}

/** What an ACL of Kafka allows; each of them includes to ask about the topic (https://kafka.apache.org/documentation/#operations_in_kafka). */
export type TopicOperation = 'Read' | 'Write';

interface BrokerError {
  readonly name: string;
  readonly type?: string;
  readonly message: string;
}

/** What a broker answers to a login where it asks for none. */
export const asksForNoLogin = 'ILLEGAL_SASL_STATE';
const knowsNoMechanism = 'UNSUPPORTED_SASL_MECHANISM';
const topicRefused = 'TOPIC_AUTHORIZATION_FAILED';
/** How the client says, of a login that it was about, that the connection ended. */
const network = /connection|timed out|not connected/i;

/** What a broker says of a login, as a refusal where it is one. */
export function loginFailure(error: unknown, { mechanism, user }: KafkaLogin): unknown {
  const { name, type, message } = error as BrokerError;
  if (type === knowsNoMechanism)
    return new Refused(
      `the broker takes no login by ${mechanism}: set KAFKA_SASL_MECHANISM in the service's env to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512`,
    );
  if (name !== 'KafkaJSSASLAuthenticationError' || network.test(message.replace(/^.*? failed: /, ''))) return error;
  return new Refused(
    `the broker refuses the login of "${user}" by ${mechanism}: set KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_SASL_MECHANISM in the service's env to what it takes`,
  );
}

/** What is said where a broker hangs up on those who do not log in. */
export function missingLogin(): Refused {
  return new Refused("the broker asks for a login: set KAFKA_USERNAME and KAFKA_PASSWORD in the service's env");
}

/** Whether a connection ended without an answer: how a broker that asks for a login treats those who do not. */
export function hungUp(error: unknown): boolean {
  return (error as BrokerError).name.startsWith('KafkaJSConnection');
}

/** Whether an answer to a login that was only begun says that there are logins here. */
export function takesLogins(error: unknown): boolean {
  return (error as BrokerError).type === knowsNoMechanism;
}

/** What a broker says of a topic, as a refusal where it is one. */
export function topicFailure(error: unknown, login: KafkaLogin | null, topic: string, operation: TopicOperation): unknown {
  return (error as BrokerError).type === topicRefused ? topicRefusal(login, topic, operation) : error;
}

/** Whether the name of a broker's error says that a topic is refused. */
export function refusesTopic(error: string): boolean {
  return error === topicRefused;
}

/** What is said where an ACL is missing. */
export function topicRefusal(login: KafkaLogin | null, topic: string, operation: TopicOperation): Refused {
  const who = login === null ? 'a client that does not log in' : `"${login.user}"`;
  const acl = `--allow-principal User:${login?.user ?? 'ANONYMOUS'} --operation ${operation} --topic ${topic}`;
  const create = operation === 'Write' ? ' (and Create, where it is yet to be made)' : '';
  const other = login === null ? ", or set KAFKA_USERNAME and KAFKA_PASSWORD in the service's env" : '';
  return new Refused(
    `the broker refuses ${who} the permission ${operation} on topic ${topic}${create}: kafka-acls.sh --add ${acl}${other}`,
  );
}
