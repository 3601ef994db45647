import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';
import { kafkaSpec } from './spec.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const [each, bytes] = [120, 8000];

test('messages of eight producers, three partitions and many segments stand behind the writes that appended them', async () => {
  at.write('producers.sh', `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, 'producers.ts')}' "$@"\n`, 0o755);
  const { ended, trace } = await at.trace(
    kafkaSpec(
      `
producers = service("producers", "./producers.sh", args = [kafka.main.addr, "orders", "${each}", "${bytes}"], depends_on = [kafka])

def test_all():
    assert_eventually(where = lambda e: e.type == "stdout" and e.data["msg"] == "done", within = "60s")
    assert_eq(len(events(type = "topic")), ${8 * each})
`,
      ['num.partitions=3', 'log.segment.bytes=1048576'],
    ),
    '--strict',
  );
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
  const { events } = trace.tests[0]!;
  const bySeq = new Map(events.map((e) => [e.seq, e]));
  const messages = events.filter((e) => e.type === 'topic');
  const next = [0, 0, 0];
  const segments = new Set<string>();
  let certain = 0;
  for (const message of messages) {
    const [cause] = message.causes;
    const write = bySeq.get(cause!.seq)!;
    const [, partition, first] = /\/orders-(\d)\/(\d{20})\.log$/.exec(write.path!)!;
    segments.add(`${partition}/${first}`);
    const offset = next[Number(partition)]!++;
    expect([cause!.rule, write.syscall, message.partition, message.offset]).toEqual(['topic', 'write', Number(partition), offset]);
    expect(Number(first)).toBeLessThanOrEqual(message.offset!);
    if (!cause!.certain) continue;
    certain++;
    const between = events.filter((e) => e.seq > write.seq && e.seq < message.seq);
    for (const e of between) expect(e).toMatchObject({ type: 'topic', causes: [{ seq: write.seq }] });
  }
  // On a machine that is busy enough some are read too late to be certain.
  expect(certain).toBeGreaterThan(4 * each);
  expect(segments.size).toBeGreaterThanOrEqual(6);
  const sent = Array.from({ length: 8 }, (_, producer) => Array.from({ length: each }, (__, n) => `${producer}/${n}`)).flat();
  expect(messages.map(({ data }) => `${data['producer']}/${data['n']}`).sort()).toEqual(sent.sort());
});
