import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground, root } from '../faultbox.ts';
import { kafkaSpec } from './spec.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

test('a message of a transaction stands behind the mark that committed it; one that was rolled back is no event', async () => {
  at.write('transactor.sh', `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'transactor.ts')}' "$@"\n`, 0o755);
  const { ended, trace } = await at.trace(
    kafkaSpec(`
transactor = service("transactor", "./transactor.sh", args = [kafka.main.addr, "orders"], depends_on = [kafka])

def test_transaction():
    assert_eventually(where = lambda e: e.type == "stdout" and e.data["msg"] == "done", within = "60s")
    assert_eq([e.data["end"] for e in events(type = "topic")], ["commit"])
    assert_eventually(where = lambda e: e.type == "topic" and e.headers == {"many": ["1", "2"], "bytes": {"base64": "/w=="}})
`),
  );
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
  const { events } = trace.tests[0]!;
  const message = events.find((e) => e.type === 'topic')!;
  const appends = events.filter((e) => e.syscall === 'write' && /\/orders-0\/\d{20}\.log$/.test(e.path ?? ''));
  // Message, mark, message, mark.
  expect(appends).toHaveLength(4);
  expect(message.offset).toBe(2);
  expect(message.causes).toMatchObject([{ rule: 'topic', seq: appends[3]!.seq }]);
  const validate = new Ajv({ strict: false }).compile(
    JSON.parse(readFileSync(join(root, 'schemas', 'trace.schema.json'), 'utf8')) as object,
  );
  validate(trace);
  expect(validate.errors).toBe(null);
});
