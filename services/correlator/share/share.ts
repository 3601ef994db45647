import { setTimeout as pause } from 'node:timers/promises';
import type { BusLocation } from '../../bus/location.ts';
import { openSharedReader } from '../../bus/open.ts';
import type { StoreClient } from '../../store/client.ts';
import type { Following } from '../follow.ts';
import type { StoredBarrier } from '../rows/sink.ts';
import { Part, type PartListener } from './part.ts';

const ownCheck_ms = 5;
/** The end of a run's last test is on the bus before we are told to end. */
const ownEnd_ms = 2000;

/** What the runner that started us is told. */
export interface ShareListener {
  /** A barrier of its own run is stored. */
  stored(barrier: StoredBarrier): void;
  /** Our name among the correlators. */
  joined(member: string): void;
}

/**
 * Takes part in filling the store from a bus that several correlators share. The tests that fall to us are of any run; those of our own run
 * may fall to others. `dead`: the correlator that we stand in for.
 */
export async function share(run: string, bus: BusLocation, client: StoreClient, dead: string, listener: ShareListener): Promise<Following> {
  const parts = new Map<number, Part>();
  let fail!: (error: unknown) => void;
  const refused = new Promise<never>((_, reject) => (fail = reject));
  const listenerOf = (of: string): PartListener => ({
    stored: (barrier) => of === run && listener.stored(barrier),
    lost: (error) => of === run && fail(error),
    failed: fail,
  });
  const reader = await openSharedReader(bus, dead, {
    gain: (number) => {
      const part = new Part(client, listenerOf);
      parts.set(number, part);
      return part;
    },
    lose: (number) => parts.delete(number),
    joined: (member) => listener.joined(member),
  });
  const holdsOwn = () => [...parts.values()].some((part) => part.holds(run));
  const end = async (): Promise<void> => {
    const began = performance.now();
    while (holdsOwn() && performance.now() - began < ownEnd_ms) await pause(ownCheck_ms);
    await Promise.all([...parts.values()].map((part) => part.finish()));
    await reader.close();
  };
  return { poke: () => {}, end, leave: () => reader.close(), failed: Promise.race([reader.failed, refused]) };
}
