import { constants } from 'node:os';

/** Errno symbols that a fault may return, with the kernel's numbers. */
export const errnos: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno));
