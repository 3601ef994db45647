/** Runs whose cost is read from their own trace: from the answer of a step until what it did is a stored row that was asserted on. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { openStore } from '../../services/store/store.ts';

/** What was seen of a run of one test. */
export interface StoredRun {
  /** ns since the test's start: when each step was sent, and when its answer was there. */
  readonly steps: ReadonlyArray<{ readonly sent: number; readonly received: number }>;
  /** Stored events by their type. */
  readonly events: ReadonlyMap<string, number>;
}

/** Runs a spec of one test in a folder of its own, where `services/` is that of the examples and `files` are programs. */
export async function storedRun(spec: string, files: Readonly<Record<string, string>> = {}): Promise<StoredRun> {
  const dir = mkdtempSync(join(tmpdir(), 'faultbox-bench-'));
  try {
    symlinkSync(join(packageRoot, 'examples', 'services'), join(dir, 'services'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o755 });
    writeFileSync(join(dir, 'spec.star'), spec);
    const command = ['test', 'spec.star', '--deadline', '5m'];
    const program = join(packageRoot, 'cli', 'bin', 'faultbox');
    const { stdout, status } = spawnSync(program, command, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (status !== 0) console.error(`${stdout}The run ended with exit code ${status}: its figures are of what came.`);
    return await look(join(dir, '.faultbox', 'store'), /run ([0-9a-f]+)\n/.exec(stdout)![1]!);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function look(dir: string, run: string): Promise<StoredRun> {
  const { client, close } = await openStore({ dir });
  const ofRun = 'FROM events WHERE run = {run:String}';
  const stepsOfRun = `SELECT type, toFloat64(at) AS at ${ofRun} AND type LIKE 'step_%' ORDER BY seq`;
  const ends = await client.query<{ type: string; at: number }>(stepsOfRun, { run });
  const types = await client.query<{ type: string; n: number }>(`SELECT type, toFloat64(count()) AS n ${ofRun} GROUP BY type`, { run });
  await close();
  const received = ends.filter((e) => e.type === 'step_recv');
  const steps = ends.filter((e) => e.type === 'step_send').map(({ at }, i) => ({ sent: at, received: received[i]!.at }));
  return { steps, events: new Map(types.map(({ type, n }) => [type, n])) };
}

/** ms from the answer of each step until the next was sent: what stands between them has been stored and asserted on. */
export function judged_ms(steps: StoredRun['steps']): number[] {
  return steps.slice(1).map(({ sent }, i) => (sent - steps[i]!.received) / 1e6);
}
