/**
 * Whether all subjects that `subject` stands for match the pattern (https://docs.nats.io/nats-concepts/subjects#wildcards). The name of a Kafka
 * topic is a pattern too, of itself alone.
 */
export function subjectCovers(pattern: string, subject: string): boolean {
  return covers(pattern.split('.'), subject.split('.'));
}

function covers(pattern: readonly string[], subject: readonly string[]): boolean {
  const [token, ...rest] = pattern;
  const [own, ...left] = subject;
  if (token === undefined || own === undefined) return token === own;
  if (token === '>') return true;
  return (token === own || (token === '*' && own !== '>')) && covers(rest, left);
}
