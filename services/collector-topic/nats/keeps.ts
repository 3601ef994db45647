import { RetentionPolicy, type StreamConfig } from 'nats';

/**
 * Whether a stream takes every message of a subject, under its own name, and has it until limits remove it. One that has it until it is
 * consumed may never have it for an observer.
 */
export function keeps({ retention, subjects = [], subject_transform }: StreamConfig, subject: string): boolean {
  if (retention !== RetentionPolicy.Limits || subject_transform !== undefined) return false;
  return subjects.some((pattern) => covers(pattern.split('.'), subject.split('.')));
}

/** Whether all subjects that `subject` stands for match the pattern (https://docs.nats.io/nats-concepts/subjects#wildcards). */
function covers(pattern: readonly string[], subject: readonly string[]): boolean {
  const [token, ...rest] = pattern;
  const [own, ...left] = subject;
  if (token === undefined || own === undefined) return token === own;
  if (token === '>') return true;
  return (token === own || (token === '*' && own !== '>')) && covers(rest, left);
}
