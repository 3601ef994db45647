import type { TextTable } from '../store/texts.ts';

// prettier-ignore
const all = [
  'runner', 'test', 'syscall', 'stdout', 'stderr', 'fault', 'step_send', 'step_recv', 'lifecycle', 'violation', 'gap',
  'wal', 'topic', 'poll', 'run', 'attach', 'stdio', 'ready', 'complete', 'incomplete', 'open', 'barrier', 'end',
  'tcp', 'connect', 'pipe', 'unix', 'line', 'process', 'step',
  'read', 'readv', 'preadv2', 'recvfrom', 'recvmsg', 'recvmmsg',
  'write', 'writev', 'pwrite64', 'pwritev2', 'sendto', 'sendmsg', 'sendmmsg', 'sendfile', 'splice',
  'bind', 'accept', 'accept4', 'clone', 'exit', 'wait4', 'EINPROGRESS',
] as const;

/** The words that the correlator compares with, as numbers of the text table. */
export type Words = Readonly<Record<(typeof all)[number], number>> & {
  readonly writes: ReadonlySet<number>;
  readonly reads: ReadonlySet<number>;
  /** Events that collectors record, gaps excepted. */
  readonly ofCollectors: ReadonlySet<number>;
  /** Events of things that had happened before they were read. */
  readonly readLater: ReadonlySet<number>;
  /** Events that the runner records; of these, those that belong to the test's own lane. */
  readonly ofRunner: ReadonlySet<number>;
  readonly ofTest: ReadonlySet<number>;
};

export function wordsOf(texts: TextTable): Words {
  const numbers = Object.fromEntries(all.map((w) => [w, texts.internText(w)])) as Record<(typeof all)[number], number>;
  const set = (...names: Array<(typeof all)[number]>) => new Set(names.map((n) => numbers[n]));
  return {
    ...numbers,
    writes: set('write', 'writev', 'pwritev2', 'sendto', 'sendmsg', 'sendmmsg', 'sendfile', 'splice'),
    ofCollectors: set('syscall', 'stdout', 'stderr', 'wal', 'topic', 'poll'),
    readLater: set('wal', 'topic', 'poll'),
    ofRunner: set('fault', 'step_send', 'step_recv', 'lifecycle', 'violation'),
    ofTest: set('step_send', 'step_recv', 'violation'),
    reads: set('read', 'readv', 'preadv2', 'recvfrom', 'recvmsg', 'recvmmsg'),
  };
}
