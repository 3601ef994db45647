import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

test('a request to a real responder: a JSON reply keeps its digits in the spec and in the trace, another is text', async () => {
  at.write('responder.sh', `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'responder.ts')}' "$@"\n`, 0o755);
  const { ended, trace } = await at.trace(`
nats = service("nats", "nats-server",
    interface("main", "nats", 4222),
    args = ["-a", "127.0.0.1", "-p", "4222"],
    healthcheck = ready(),
    observe = [topic("answer.*")],
)
responder = service("responder", "./responder.sh", args = [nats.main.addr], depends_on = [nats])

def test_request():
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "responder" and e.data["msg"] == "listening", within = "30s")
    answer = nats.request("answer.json", {"n": 9007199254740995})
    assert_true(answer.ok, answer.error)
    assert_eq(answer.data["id"], 9007199254740993)
    assert_eq(str(answer.data["ratio"]), "1.0")
    assert_eq(nats.request("answer.text", "hello").data, "you said hello")
    assert_eq([e.topic for e in events(type = "topic")], ["answer.json", "answer.text"])
    assert_eq(events(type = "topic")[0].data["n"], 9007199254740995)
`);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
  expect(at.read('trace.json')).toMatch(/"id":\s*9007199254740993/);
  const replies = trace.tests[0]!.events.filter((e) => e.type === 'step_recv');
  expect(replies.map((e) => e.causes.map(({ rule, certain }) => [rule, certain]))).toEqual([[['step', true]], [['step', true]]]);
});
