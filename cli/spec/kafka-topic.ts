import { EvalError } from '../starlark/index.ts';

const legal = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;

/** The name of a Kafka topic (https://github.com/apache/kafka/blob/trunk/clients/src/main/java/org/apache/kafka/common/internals/Topic.java). Throws where it is none. */
export function kafkaTopic(name: string, owner: string): string {
  if (legal.test(name)) return name;
  throw new EvalError(`${owner}: "${name}" is no name of a Kafka topic: 1 to 249 of a-z, A-Z, 0-9, ".", "_" and "-"`);
}
