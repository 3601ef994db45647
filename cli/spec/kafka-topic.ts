import { EvalError } from '../starlark/index.ts';

const legal = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/**
 * The name of a Kafka topic, as its class Topic takes it (org.apache.kafka.common.internals). Throws where it is none.
 */
export function kafkaTopic(name: string, owner: string): string {
  if (legal.test(name)) return name;
  throw new EvalError(`${owner}: "${name}" is no name of a Kafka topic: 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-"`);
}
