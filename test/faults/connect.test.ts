import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Playground, type Trace } from '../faultbox.ts';

const services = `
a = service("a", "dialer", interface("main", "tcp", 7000), args = ["7000"])
b = service("b", "dialer", interface("main", "tcp", 7100), args = ["7100"])
`;

describe('a denied connect', () => {
  let at: Playground;
  beforeAll(() => {
    at = new Playground();
    copyFileSync(join(import.meta.dirname, 'dialers', 'dialer.py'), join(at.dir, 'dialer.py'));
    at.write('dialer', '#!/bin/sh\nexec python3 "$(dirname "$0")/dialer.py" "$@"\n', 0o755);
  });
  afterAll(() => at.remove());

  /** Runs the statements of one test under both services; what the services answered, in order, and the test's trace. */
  async function run(statements: readonly string[], ...args: string[]): Promise<{ found: Trace['tests'][number]; answers: unknown[] }> {
    const { ended, trace } = await at.trace(`${services}\ndef test_it():\n${statements.map((s) => `    ${s}\n`).join('')}`, ...args);
    expect(ended.stdout).toContain('✓ test_it');
    const [found] = trace.tests;
    return { found: found!, answers: found!.events.filter((e) => e.type === 'step_recv').map((e) => e.data['text']) };
  }

  test('lets `after` pass and strikes `count` times; each hit is an event, and on its call', async () => {
    const { found, answers } = await run([
      'fault(a, connect = deny("ECONNREFUSED", label = "down", after = 3, count = 7), run = lambda: a.send("dial"))',
      'a.send("dial")',
    ]);
    expect(answers).toEqual(['ccc' + 'r'.repeat(7) + 'c'.repeat(30), 'c'.repeat(40)]);
    expect(found.faults.map((f) => f.hits)).toEqual([7]);
    const hits = found.events.filter((e) => e.type === 'fault');
    expect(hits.map((e) => e.data)).toEqual([1, 2, 3, 4, 5, 6, 7].map((hit) => ({ hit, rule: 1 })));
    const struck = found.events.filter((e) => e.type === 'syscall' && e.decision === 'deny(ECONNREFUSED)');
    expect(struck.map((e) => [e.syscall, e.label, e.errno, e.service])).toEqual(hits.map(() => ['connect', 'down', 'ECONNREFUSED', 'a']));
    expect(struck.map((e) => e.pid)).toEqual(hits.map((e) => e.pid));
    expect(found.sources.find((s) => s.source === 'fault/a')).toMatchObject({ complete: true, lost: 0, events: 7 });
  });

  test('leaves other services, Unix sockets and calls outside the fault alone, and traps nothing', async () => {
    const { found, answers } = await run([
      'fault(a, connect = deny("ECONNREFUSED"), run = lambda: [a.send("dial"), a.send("dial mapped"), a.send("unix"), b.send("dial"), a.send("seccomp")])',
      'a.send("dial mapped")',
      'b.send("seccomp")',
    ]);
    expect(answers).toEqual(['r'.repeat(40), 'r', 'c', 'c'.repeat(40), '0', 'c', '0']);
    expect(found.faults.map((f) => [f.service, f.hits])).toEqual([['a', 41]]);
  });

  test('stands beside a delay, which seccomp strikes first', async () => {
    const { found, answers } = await run([
      'fault(a, connect = delay("1ms", count = 2), run = lambda: fault(a, connect = deny("ECONNREFUSED", count = 1), run = lambda: a.send("dial")))',
      'a.send("seccomp")',
    ]);
    expect(answers).toEqual(['r' + 'c'.repeat(39), '2']);
    expect(found.events.filter((e) => e.type === 'fault').map((e) => e.decision)).toEqual([
      'delay(1ms)',
      'deny(ECONNREFUSED)',
      'delay(1ms)',
    ]);
    expect(found.events.filter((e) => e.type === 'syscall' && e.decision === 'deny(ECONNREFUSED)')).toHaveLength(1);
  });

  test('is drawn as seccomp draws it', async () => {
    const drawn = async (on: string) =>
      (await run([`fault(a, connect = deny("ECONNREFUSED", probability = 0.4${on}), run = lambda: a.send("dial"))`], '--seed', '7'))
        .answers[0];
    const atCgroup = await drawn('');
    expect(atCgroup).toMatch(/^(?=.*r)(?=.*c)[rc]{40}$/);
    expect(await drawn(', on = "socket"')).toBe(atCgroup);
  });

  test('every hit of thousands is an event', async () => {
    const { found } = await run(['fault(a, connect = deny("ECONNREFUSED"), run = lambda: [a.send("dial") for _ in range(100)])']);
    expect(found.faults.map((f) => f.hits)).toEqual([4000]);
    expect(found.events.filter((e) => e.type === 'fault')).toHaveLength(4000);
    expect(found.events.filter((e) => e.type === 'syscall' && e.decision === 'deny(ECONNREFUSED)')).toHaveLength(4000);
  });
});
