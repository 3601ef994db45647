import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

const short = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);

/** How the names of this machine's slots and publications begin: other machines may observe the same server. */
export const ourPrefix = `faultbox_${short(hostname(), 6)}_`;

/** The name of a source's slot and publication, within PostgreSQL's 63 characters. It carries the run's name. */
export function slotName(run: string, test: string, source: string): string {
  return `${ourPrefix}${runPart(run)}_${short(`${test}\0${source}`, 12)}`;
}

/** What stands of a run's name in the names of its slots. */
export function runPart(run: string): string {
  return run
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 24);
}

/** The run in a slot's name, as `slotName` writes it; null where the name is none of ours. */
export function runOf(slot: string): string | null {
  return slot.startsWith(ourPrefix) ? (slot.slice(ourPrefix.length).split('_')[0] ?? null) : null;
}
