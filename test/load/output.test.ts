import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';

const floodBytes = Number(process.env['FAULTBOX_SOAK_FLOOD_BYTES'] ?? 64 << 20);

/** A service in Python that does `body` when told to, keeping a checksum of what it wrote to stdout; answers with it. */
const program = (body: string) => `#!/usr/bin/env python3
import hashlib, os, socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", 7000))
digest = hashlib.sha256()
def out(data):
    digest.update(data)
    while data:
        data = data[os.write(1, data):]
def run():
${body
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
while True:
    client, _ = listener.accept()
    if client.recv(64):
        run()
        client.sendall((digest.hexdigest() + "\\n").encode())
    client.close()
`;

const spec = `
w = service("w", "writer.py", interface("main", "tcp", 7000))

def test_output():
    print("digest", w.send("run", timeout = "5m"))
`;

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const runAndCompare = async (body: string, ...args: string[]) => {
  at.write('writer.py', program(body), 0o755);
  const { ended, trace } = await at.trace(spec, ...args);
  expect(ended.stdout).toContain('✓ test_output');
  const said = /digest ([0-9a-f]{64})/.exec(ended.stdout)![1]!;
  const kept = readFileSync(join(at.dir, '.faultbox', 'runs', trace.run, 'test_output', 'w.stdout'));
  return { said, kept: createHash('sha256').update(kept).digest('hex'), test: trace.tests[0]! };
};

describe("the run's file holds what the service wrote, byte for byte", () => {
  test.each([
    ['lines, invalid UTF-8 and NULs', 'out(b"plain\\n"); out(b"\\xff\\xfe\\x00\\n"); out(b"no newline")'],
    [
      'opened again through /dev/stdout',
      'out(b"before\\n")\nwith open("/dev/stdout", "wb", buffering=0) as f:\n    f.write(b"again\\n"); digest.update(b"again\\n")\nout(b"after\\n")',
    ],
    ['written by a child', 'out(b"parent\\n")\nsubprocess.run(["sh", "-c", "echo child"]); digest.update(b"child\\n")'],
    ['one line of 50 MB', 'out(b"x" * 50_000_000 + b"\\n"); out(b"end\\n")'],
  ])('%s', async (_, body) => {
    const { said, kept } = await runAndCompare(body);
    expect(kept).toBe(said);
  });

  test(`a flood of ${floodBytes >> 20} MiB: what is beyond the limit is counted, not kept as events, and the service is not held up`, async () => {
    const {
      said,
      kept,
      test: found,
    } = await runAndCompare(
      `block = b"0123456789abcde\\n" * 4096\nfor _ in range(${floodBytes >> 16}):\n    out(block)`,
      '--max-output',
      '5000',
    );
    expect(kept).toBe(said);
    const lines = (floodBytes >> 16) * 4096;
    expect(found.events.filter((e) => e.type === 'stdout')).toHaveLength(5000);
    expect(found.sources.find((s) => s.source === 'stdout/w')).toMatchObject({ lost: lines - 5000 });
  });
});

test('an absence of a line is not proven where lines were lost', async () => {
  at.write('writer.py', program('out(b"line\\n" * 100)'), 0o755);
  const { code, stdout } = await at.test(
    `${spec.replace('print("digest", w.send("run", timeout = "5m"))', 'w.send("run")\n    assert_never(type = "stdout", service = "w", msg = "never")')}`,
    '--max-output',
    '50',
  );
  expect(stdout).toMatch(/source stdout\/w is not complete: 50 lines: the output is beyond --max-output/);
  expect(code).toBe(4);
});
