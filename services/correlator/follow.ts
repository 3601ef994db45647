import { setImmediate as yieldNow } from 'node:timers/promises';
import type { BusLocation } from '../bus/location.ts';
import { openRunReader } from '../bus/open.ts';
import type { StoreClient } from '../store/client.ts';
import { Correlator } from './correlator.ts';
import { Inserter } from './insert/inserter.ts';
import type { StoredBarrier } from './rows/sink.ts';
import { storedOf } from './stored.ts';

const busy_ms = 1;
const idle_ms = 5;
/** Between them the store's answers are heard. */
const blocksAtOnce = 8;

/** A bus being followed into the store. */
export interface Following {
  /** Looks for new records now. */
  poke(): void;
  /** Takes what is on the bus and settles when all of it is stored. */
  end(): Promise<void>;
  /** Lets go of the bus, whatever waits there. */
  leave(): Promise<void>;
  /** Settles never, or fails with what makes it impossible to go on. */
  readonly failed: Promise<never>;
}

/** Follows the records of a run. `stored` is called when the rows of a barrier are acknowledged. */
export async function follow(
  run: string,
  bus: BusLocation,
  client: StoreClient,
  stored: (barrier: StoredBarrier) => void,
): Promise<Following> {
  const { seqs, ended } = await storedOf(client, run);
  const inserter = new Inserter(client, run, seqs, { stored, ended: () => {}, failed: () => {} });
  const correlator = new Correlator(run, inserter, ended);
  const rooms = openRunReader(bus, run);
  let wake: (() => void) | null = null;
  let ending = false;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const pass = async (): Promise<boolean> => {
    let taken = 0;
    for (let block = rooms.next(); block !== null; block = ++taken < blocksAtOnce ? rooms.next() : null) {
      rooms.reached(block.room, correlator.take(block));
      inserter.day = correlator.day ?? inserter.day;
    }
    if (taken < blocksAtOnce && rooms.dry) correlator.settle();
    await inserter.ready();
    return taken > 0;
  };
  const loop = async (): Promise<void> => {
    for (;;) {
      if (await pass()) await yieldNow();
      else if (ending && (await rooms.atEnd())) break;
      else await pause(correlator.waits ? busy_ms : idle_ms);
    }
    await inserter.finish();
    await rooms.close();
  };
  const done = loop();
  return {
    poke: () => wake?.(),
    end: () => {
      ending = true;
      wake?.();
      return done;
    },
    leave: () => rooms.close(),
    failed: new Promise((_, reject) => done.catch(reject)),
  };
}
