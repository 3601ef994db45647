import { readFileSync } from 'node:fs';
import { EnvironmentError } from './environment-error.ts';

/** A user of the machine, as launch needs it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** Looks a name or number up in /etc/passwd and /etc/group. */
export function userOf(name: string): User {
  const entry = rows('/etc/passwd').find((row) => row[0] === name || row[2] === name);
  if (!entry) throw new EnvironmentError('E_USER', `There is no user "${name}" on this machine.`);
  const gid = Number(entry[3]);
  const groups = rows('/etc/group')
    .filter((row) => row[3]?.split(',').includes(entry[0]!))
    .map((row) => Number(row[2]));
  return { uid: Number(entry[2]), gid, groups: [gid, ...groups] };
}

function rows(file: string): string[][] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(':'));
}
