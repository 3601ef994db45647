import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultbox, pair, Playground, type Ended } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

/** No answer to bad input is a stack trace. */
const clean = (ended: Ended): Ended => {
  expect(ended.stderr + ended.stdout).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
  return ended;
};

describe('a wrong spec ends with exit code 2 and says where', () => {
  test.each([
    ['a syntax error', 'def f(:\n  pass\n', /spec\.star:1:6/],
    ['an unknown name', 'x = servce("db")\n', /spec\.star:1:5.*servce[\s\S]*service/],
    [
      'an unknown argument',
      'service("db", "bin/linux/mock-db", healthchek = 1)\n',
      /spec\.star:1:.*healthchek[\s\S]*did you mean 'healthcheck'/,
    ],
    ['a wrong type', 'service(1, "x")\n', /"name" must be a string, got int 1|"name" must be a string, got int/],
    ['an unknown errno', 'deny("EOI")\n', /there is no errno "EOI"[\s\S]*did you mean 'EIO'/],
    [
      'a fault on an unknown call',
      `${pair}\nfault_assumption("x", target = db, wrtie = deny("EIO"))\n`,
      /wrtie[\s\S]*did you mean 'write'/,
    ],
    ['a service named twice', 'service("a", "x")\nservice("a", "x")\n', /spec\.star:2.*declared twice/],
    ['an assertion while loading', 'assert_true(True)\n', /only be called while a test runs/],
    ['a load that leaves the folder', 'load("../other.star", "x")\n', /lies outside|no file/],
    ['an endless loop', 'def f():\n    for i in range(10000000000):\n        pass\nf()\n', /spec\.star:2:14: stopped after 20000000 steps/],
    ['parentheses without end', '('.repeat(10_000), /spec\.star:1:/],
    ['a program that is not there', 'service("a", "bin/linux/none")\ndef test_a():\n    pass\n', /"bin\/linux\/none": no such program/],
  ])('%s', async (_, spec, message) => {
    const ended = clean(await at.test(spec));
    expect(ended.stderr + ended.stdout).toMatch(message);
    expect(ended.code).toBe(2);
  });

  test('a spec that is not there, a folder without specs, a flag that does not exist', async () => {
    expect(clean(await faultbox(at.dir, ['test', 'none.star']))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no file or folder "none.star"'),
    });
    expect(clean(await faultbox(at.dir, ['test', 'bin']))).toMatchObject({ code: 2, stderr: expect.stringContaining('has no .star file') });
    expect(clean(await faultbox(at.dir, ['test', 'none.star', '--tset', 'x'])).code).toBe(2);
  });
});

describe('services that do not do what they should', () => {
  test('one that ends at once: exit code 3, with its last lines', async () => {
    at.write('bad.sh', '#!/bin/sh\necho "config missing" >&2\nexit 7\n', 0o755);
    const { code, stdout } = clean(await at.test('service("bad", "bad.sh", interface("main", "tcp", 7000))\ndef test_a():\n    pass\n'));
    expect(stdout).toMatch(/Service "bad" exited with code 7 before it was ready.*\n\s+config missing/);
    expect(code).toBe(3);
  });
  test('one that never becomes ready: exit code 3, with what the healthcheck heard', async () => {
    at.write('deaf.sh', '#!/bin/sh\nexec sleep 100\n', 0o755);
    const { code, stdout } = clean(
      await at.test(
        'service("deaf", "deaf.sh", interface("main", "tcp", 7000), healthcheck = tcp("localhost:7000", timeout = "300ms"))\ndef test_a():\n    pass\n',
      ),
    );
    expect(stdout).toMatch(/Service "deaf" was not ready within 0.3 s: tcp to port 7000 said: .*ECONNREFUSED/);
    expect(code).toBe(3);
  });
  test('a file that cannot be executed', async () => {
    at.write('text.sh', 'not a program', 0o644);
    expect(clean(await at.test('service("a", "text.sh")\ndef test_a():\n    pass\n')).stdout).toContain('no file that can be executed');
  });
});

test('a folder with spaces works', async () => {
  const spaced = new Playground('faultbox test with spaces ');
  const { code, stdout } = await spaced.test(`${pair}\ndef test_a():\n    assert_eq(api.get("/health").status, 200)\n`);
  spaced.remove();
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_a')]);
});
