import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { openTestStore } from '../../services/store/testing.ts';
import type { Store } from '../../services/store/store.ts';
import { tree, until } from '../crash/machine.ts';
import { command, pair, Playground, type Ended } from '../faultbox.ts';

/** Two runs of two folders, one bus, one server: their correlators share what is on the bus. */
let kafka: LocalKafka;
let server: Store & { readonly dir: string };
let places: Playground[];
beforeAll(async () => {
  [kafka, server] = await Promise.all([LocalKafka.start(), openTestStore()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([kafka.end(), server.close()]);
});
beforeEach(() => {
  places = [new Playground(), new Playground()];
});
afterEach(() => places.forEach((at) => at.remove()));

const tests = 8;
const spec = `${pair}
def one(n):
    for i in range(60):
        api.post("/data/k%d" % n, body = "v%d" % i)
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET")

${Array.from({ length: tests }, (_, n) => `def test_${n}():\n    one(${n})\n`).join('\n')}
`;

interface Running { readonly pid: number; readonly ended: Promise<Ended> }

function start(at: Playground): Running {
  const { address } = server.client;
  const url = `http://${address.username}@${address.url.replace('http://', '')}/${address.database}`;
  at.write('spec.star', spec);
  const child = spawn(command, ['test', 'spec.star', '--bus', kafka.bus, '--store', url], {
    cwd: at.dir, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FAULTBOX_STORE_PASSWORD: address.password },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (d) => (stdout += String(d)));
  child.stderr.on('data', (d) => (stderr += String(d)));
  return { pid: child.pid!, ended: once(child, 'close').then(([code, signal]) => ({ code, signal, stdout, stderr }) as Ended) };
}

const correlatorOf = ({ pid }: Running) => tree(pid).find((p) => p.command.includes('services/correlator/'))?.pid;
const runOf = ({ stdout }: Ended): string => /run ([0-9a-f]{8})/.exec(stdout)![1]!;

describe('correlators that share a bus', () => {
  test('two runs at a time', async () => {
    const running = places.map(start);
    const ended = await Promise.all(running.map((r) => r.ended));
    for (const e of ended) {
      console.log(e.stdout.slice(-1500), e.stderr);
      expect(e).toMatchObject({ code: 0, stderr: '' });
    }
  });
});
