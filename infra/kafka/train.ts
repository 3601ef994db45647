/** Runs each server once to its first answer, so that the JVM writes its class archive when it ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker.ts';
import { build } from './jvm.ts';
import { freePortPair } from './ports.ts';
import { startRegistry } from './registry.ts';

const dir = mkdtempSync(join(tmpdir(), 'faultbox-kafka-'));
try {
  const broker = await startBroker(join(dir, 'broker'), await freePortPair(), {
    flags: [`-XX:ArchiveClassesAtExit=${join(build, 'broker.jsa')}`],
  });
  const registry = await startRegistry(join(dir, 'registry'), await freePortPair(), [
    `-XX:ArchiveClassesAtExit=${join(build, 'registry.jsa')}`,
  ]);
  await Promise.all([broker.stop(), registry.stop()]);
} finally {
  rmSync(dir, { recursive: true });
}
