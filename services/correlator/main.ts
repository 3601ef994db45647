/** correlator: reads the bus, puts the events of each test in one order with clocks and causes, and fills the store. */
import { parseArgs } from 'node:util';
import { busLocation } from '../bus/location.ts';
import { groupOf } from '../bus/open.ts';
import { openStore, serverPatience_ms, storeLocation, type Store } from '../store/store.ts';
import { Channel } from './channel.ts';
import { follow, type Following } from './follow.ts';
import type { StoredBarrier } from './rows/sink.ts';
import { share } from './share/share.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { run: text, bus: text, store: text, dead: { ...text, default: '' } } });
const { run, bus, store: where, dead } = values;
if (run === undefined || bus === undefined || where === undefined) {
  console.error('The correlator is started by faultbox itself, with --run, --bus and --store.');
  process.exit(2);
}

let following: Following | null = null;
let poked = false;
let asked: { readonly id: number } | null = null;
let store: Store;

const channel = new Channel(
  (order) => {
    if (order.do === 'end') asked = { id: order.id ?? 0 };
    poked = true;
    following?.poke();
    if (asked && following) finish(following, asked.id);
  },
  () => void (following?.leave() ?? Promise.resolve()).finally(() => process.exit(0)),
);

async function fail(error: unknown): Promise<never> {
  const { code = 'E_INTERNAL', message } = error as { code?: string; message: string };
  await channel.say({ failed: 0, code, message });
  process.exit(3);
}

function finish(active: Following, id: number): void {
  const end = async () => {
    await active.end();
    await store.close();
    await channel.say({ done: id });
    process.exit(0);
  };
  end().catch(fail);
}

const listener = {
  stored: ({ test, barrier, seq, sources }: StoredBarrier) => void channel.say({ stored: { test, barrier, seq, sources } }),
  joined: (member: string) => void channel.say({ member }),
};

try {
  // Whoever started us has found it there.
  store = await openStore(storeLocation(where), serverPatience_ms);
  const location = busLocation(bus);
  if (groupOf(location) === '') following = await follow(run, location, store.client, listener.stored);
  else following = await share(run, location, store.client, dead, listener);
  if (poked) following.poke();
  following.failed.catch(fail);
  if (asked) finish(following, (asked as { id: number }).id);
} catch (error) {
  await fail(error);
}
