import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What install.sh has fetched. */
export const build = join(import.meta.dirname, 'build');

/** Small heaps and a cheap compiler: these servers live for minutes. */
export const jvmFlags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms64m', '-Xmx256m'];

/** Class archives halve the start; they are made by install.sh for this machine's JDK. */
export function archiveFlags(name: 'broker' | 'registry'): string[] {
  const file = join(build, `${name}.jsa`);
  return existsSync(file) ? [`-XX:SharedArchiveFile=${file}`] : [];
}

/** The broker's jars, always in the same order: a class archive is good for that order only. */
export function brokerClassPath(): string {
  return readdirSync(join(build, 'libs'))
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(build, 'libs', name))
    .join(':');
}

/** The registry's only jar that is run. */
export const registryJar = 'apicurio-registry-app-2.6.13.Final-runner.jar';
