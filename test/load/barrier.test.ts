import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';

const requests = Number(process.env['FAULTBOX_SOAK_REQUESTS'] ?? 300);

/** Keeps a core busy until whoever started it is gone. */
const busyLoop = `
process.stdin.on('end', () => process.exit()).resume();
(function spin() { for (const end = Date.now() + 50; Date.now() < end; ); setImmediate(spin); })();
`;

let at: Playground;
let busy: ChildProcess[];
beforeEach(() => {
  at = new Playground();
  busy = [1, 2, 3].map(() => spawn(process.execPath, ['-e', busyLoop], { stdio: ['pipe', 'ignore', 'ignore'] }));
});
afterEach(() => {
  busy.forEach((b) => b.kill('SIGKILL'));
  at.remove();
});

test(`a line written before an answer, and the send of the answer, are seen by every assertion after it (${requests} requests on a busy machine)`, async () => {
  const { code, stdout } = await at.test(`
svc = service("svc", "bin/linux/logfmt-service",
    interface("public", "http", 8081),
    observe = [stdout(decoder = logfmt_decoder())],
)

def test_everything_is_seen():
    missing, last = 0, 0
    for i in range(${requests}):
        svc.post("/set", body = "key%d" % i)
        seen = events(where = lambda e: e.seq > last and (
            (e.type == "stdout" and e.data.get("msg") == "SET key%d" % i)
            or (e.type == "syscall" and e.service == "svc" and e.syscall == "sendto" and e.peer == "test")))
        if sorted([e.type for e in seen]) != ["stdout", "syscall"]:
            missing += 1
        last = seen[-1].seq if seen else last
    assert_eq(missing, 0)
`);
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_everything_is_seen')]);
});
