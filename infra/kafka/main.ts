/** `npm run kafka -- [start|stop|status]`: a broker and a registry on loopback, for development. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker } from './broker.ts';
import { registryPath, startRegistry } from './registry.ts';

const dir = join(import.meta.dirname, '..', '..', '.faultbox', 'kafka');
const pids = join(dir, 'pids.json');
const [broker, registry] = [19092, 18081];

function running(): number[] {
  if (!existsSync(pids)) return [];
  return (JSON.parse(readFileSync(pids, 'utf8')) as number[]).filter(
    (pid) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('java'),
  );
}

async function start(): Promise<void> {
  if (running().length > 0) return console.log('  It runs already.');
  mkdirSync(dir, { recursive: true });
  const started = await Promise.all([startBroker(join(dir, 'broker'), broker), startRegistry(join(dir, 'registry'), registry)]);
  writeFileSync(pids, JSON.stringify(started.map((s) => s.pid)));
  console.log(
    `  --bus 'kafka://127.0.0.1:${broker}?registry=http://127.0.0.1:${registry}${registryPath}'\n  Its data lies in ${dir}; "npm run kafka -- stop" ends it.`,
  );
}

async function stop(): Promise<void> {
  for (const pid of running()) process.kill(pid, 'SIGTERM');
  while (running().length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  rmSync(pids, { force: true });
  console.log('  It is stopped.');
}

const command = process.argv[2] ?? 'start';
if (command === 'start') await start();
else if (command === 'stop') await stop();
else if (command === 'status') console.log(running().length > 0 ? '  It runs.' : '  It is stopped.');
else {
  console.error(`"${command}" is none of start, stop, status.`);
  process.exitCode = 2;
}
