import { EvalError } from '../starlark/index.ts';

/**
 * A subject of NATS (https://docs.nats.io/nats-concepts/subjects): words between dots. `wildcards`: it may stand for many, with * as a word and
 * > as the last. Throws where it is none: a server would read something else, or drop the message without a word.
 */
export function natsSubject(subject: string, owner: string, wildcards: boolean): string {
  const words = subject.split('.');
  const refuse = (why: string) => new EvalError(`${owner}: "${subject}" ${why}`);
  if (words.some((word) => !/^[^\s\0]+$/.test(word)))
    throw refuse('is no subject: it has words without white space, and dots between them');
  const [wild, misplaced] = [words.find((word) => word === '*' || word === '>'), words.slice(0, -1).includes('>')];
  if (!wildcards && wild !== undefined) throw refuse(`has the wildcard ${wild}; a message is sent on one subject`);
  if (misplaced) throw refuse('is no subject: the wildcard > stands at its end');
  return subject;
}
