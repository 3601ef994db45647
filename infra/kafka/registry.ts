import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { archiveFlags, build, jvmFlags, registryJar } from './jvm.ts';
import { startServer, type LocalServer } from './server.ts';

/** Path at which the registry speaks as Confluent's does. */
export const registryPath = '/apis/ccompat/v7';

/** Starts a schema registry in a folder of its own, on loopback. What it has acknowledged survives its death. Settles when it answers. */
export function startRegistry(dir: string, port: number, more: readonly string[] = []): Promise<LocalServer> {
  mkdirSync(dir, { recursive: true });
  const env = {
    HTTP_PORT: String(port),
    QUARKUS_HTTP_HOST: '127.0.0.1',
    REGISTRY_DATASOURCE_URL: `jdbc:h2:file:${join(resolve(dir), 'registry')};WRITE_DELAY=0`,
  };
  const quarkus = ['-Dquarkus.log.level=WARN', '-Dquarkus.datasource.jdbc.initial-size=1', '-Dquarkus.datasource.jdbc.min-size=1'];
  const args = [...jvmFlags, ...more, ...(more.length > 0 ? [] : archiveFlags('registry')), ...quarkus, '-jar', registryJar];
  const answers = async () => (await fetch(`http://127.0.0.1:${port}${registryPath}/subjects`)).ok;
  return startServer({
    name: 'the registry',
    program: 'java',
    args,
    env,
    cwd: join(build, 'registry'),
    log: join(dir, 'registry.log'),
    answers,
  });
}
