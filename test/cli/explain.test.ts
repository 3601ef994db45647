import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultbox, pair, Playground } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const spec = `${pair}
def test_written():
    api.post("/data/color", body = "green")
    assert_never(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "DELETE")
    assert_eventually(where = lambda e: e.type == "stdout" and e.data["msg"].title() == "Set Color Green")
    assert_eq(1, 1)
`;

test('explain shows for each assertion its statement, who decided and why, and what it cost', async () => {
  const { trace } = await at.trace(spec);
  const { code, stdout } = await faultbox(at.dir, ['explain', trace.run]);
  const [never, eventually, eq] = stdout.split(/\n(?= {4}✓)/).slice(1);
  expect(never).toMatch(
    /✓ assert_never {2}spec\.star:16:5\n +prefilter: the engine decides, but for rows that it leaves to the interpreter, because it reads data, and the JSON of some rows is beyond SQL\n +SELECT … FROM events\n +WHERE run = \{run:String\}/,
  );
  expect(never).toMatch(/[1-9][0-9]* rows scanned, 0 fetched, 0 of them left to the interpreter, [0-9.]+ ms when it was judged/);
  expect(never).toContain('rests on stdout/db');
  expect(eventually).toMatch(/prefilter: the engine decides, but for rows that it leaves to the interpreter, because \S+/);
  expect(eventually).toMatch(/[1-9][0-9]* fetched, [1-9][0-9]* of them left to the interpreter/);
  expect(eq).toContain('It asks nothing of the store.');
  expect(code).toBe(0);
});

test('a run or a test that is not there is a usage error that names what there is', async () => {
  const { trace } = await at.trace(spec);
  const run = await faultbox(at.dir, ['explain', '00000000']);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(`The last one is ${trace.run}.`);
  const none = await faultbox(at.dir, ['explain', trace.run, '--test', 'writen']);
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toContain('It has: test_written.');
});

test('explain outside of a folder with runs says so', async () => {
  const { code, stderr } = await faultbox(at.dir, ['explain', '00000000']);
  expect(code).toBe(2);
  expect(stderr).toContain('Run a spec in this folder first.');
  expect(existsSync(join(at.dir, '.faultbox'))).toBe(false);
});

test('init writes the stubs anew and keeps settings that are there', async () => {
  at.write('specs/.vscode/settings.json', '{}');
  const { code, stdout } = await faultbox(at.dir, ['init', 'specs']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/wrote +specs\/__builtins__\.pyi\n +kept +specs\/\.vscode\/settings\.json/);
  expect(at.read('specs/__builtins__.pyi')).toContain('def assert_never(');
  expect(at.read('specs/.vscode/settings.json')).toBe('{}');
});
