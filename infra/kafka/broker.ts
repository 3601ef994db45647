import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { archiveFlags, brokerClassPath, jvmFlags } from './jvm.ts';
import { listenerProperties, protocolOf, scramUsers, type Listener } from './listeners.ts';
import { startServer, type LocalServer } from './server.ts';
import { brokerAnswers } from './ready.ts';

const clusterId = 'faultboxAAAAAAAAAAAAAA';
const loggers = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.yaml')}`;

/** How a broker differs from a plain one: flags of its JVM, listeners beside the plain one, settings of `server.properties`. */
export interface BrokerOptions {
  readonly flags?: readonly string[];
  readonly listeners?: readonly Listener[];
  readonly settings?: readonly string[];
}

/** What a broker is told: one node that is broker and controller, loopback only. The controller listens on the port behind the broker's. */
export function brokerProperties(dir: string, port: number, { listeners: more = [], settings = [] }: BrokerOptions = {}): string {
  const listeners = [`PLAINTEXT://127.0.0.1:${port}`, ...more.map((l) => `${l.name}://127.0.0.1:${l.port}`)].join(',');
  const protocols = ['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...more.map((l) => `${l.name}:${protocolOf(l)}`)].join(',');
  const one = [
    'default.replication.factor',
    'min.insync.replicas',
    'num.partitions',
    'offsets.topic.num.partitions',
    'offsets.topic.replication.factor',
    'transaction.state.log.num.partitions',
    'transaction.state.log.replication.factor',
    'transaction.state.log.min.isr',
    'share.coordinator.state.topic.num.partitions',
    'share.coordinator.state.topic.replication.factor',
    'share.coordinator.state.topic.min.isr',
    'num.network.threads',
    'num.recovery.threads.per.data.dir',
  ].map((name) => `${name}=1`);
  // prettier-ignore
  return [
    'process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@127.0.0.1:${port + 1}`,
    `listeners=${listeners},CONTROLLER://127.0.0.1:${port + 1}`, `advertised.listeners=${listeners}`,
    `listener.security.protocol.map=${protocols}`, 'controller.listener.names=CONTROLLER',
    `log.dirs=${join(dir, 'data')}`, 'auto.create.topics.enable=false', ...one, 'group.initial.rebalance.delay.ms=0', 'group.min.session.timeout.ms=1000',
    // A killed broker may come back once its old registration has expired.
    'broker.heartbeat.interval.ms=500', 'broker.session.timeout.ms=1500', 'num.io.threads=2', 'background.threads=2', 'log.cleaner.dedupe.buffer.size=2097152',
    ...more.flatMap(listenerProperties), ...settings, '',
  ].join('\n');
}

/** Starts a broker in a folder of its own; started again in the same folder it has what it had. Settles when it answers. */
export async function startBroker(dir: string, port: number, options: BrokerOptions = {}): Promise<LocalServer> {
  const { flags = [], listeners = [] } = options;
  mkdirSync(dir, { recursive: true });
  const properties = join(dir, 'server.properties');
  writeFileSync(properties, brokerProperties(dir, port, options));
  const java = [...jvmFlags, ...flags, ...(flags.length > 0 ? [] : archiveFlags('broker')), loggers, '-cp', brokerClassPath()];
  if (!existsSync(join(dir, 'data', 'meta.properties'))) {
    const formatted = spawnSync(
      'java',
      [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties, ...(listeners.length > 0 ? scramUsers : [])],
      { encoding: 'utf8' },
    );
    if (formatted.status !== 0) throw new Error(`The broker's folder ${dir} cannot be prepared: ${formatted.stderr || formatted.stdout}`);
  }
  return startServer({
    name: 'the broker',
    program: 'java',
    args: [...java, 'kafka.Kafka', properties],
    env: {},
    cwd: dir,
    log: join(dir, 'broker.log'),
    answers: () => brokerAnswers(port),
  });
}
