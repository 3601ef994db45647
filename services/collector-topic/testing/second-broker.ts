import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerProperties } from '../../../infra/kafka/broker.ts';
import { archiveFlags, brokerClassPath, jvmFlags } from '../../../infra/kafka/jvm.ts';
import { freePortPair } from '../../../infra/kafka/ports.ts';
import { brokerAnswers } from '../../../infra/kafka/ready.ts';
import { startServer, type LocalServer } from '../../../infra/kafka/server.ts';

/** A second broker of a cluster whose first one, on `first`, is its controller too. Its node id is 2. */
export class SecondBroker {
  readonly port: number;
  readonly #dir: string;
  readonly #server: LocalServer;

  private constructor(port: number, dir: string, server: LocalServer) {
    this.port = port;
    this.#dir = dir;
    this.#server = server;
  }

  static async start(first: number): Promise<SecondBroker> {
    const dir = mkdtempSync(join(tmpdir(), 'faultbox-kafka-'));
    const port = await freePortPair();
    const own: Readonly<Record<string, string>> = {
      'process.roles': 'broker',
      'node.id': '2',
      'controller.quorum.voters': `1@127.0.0.1:${first + 1}`,
      listeners: `PLAINTEXT://127.0.0.1:${port}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    };
    const lines = brokerProperties(dir, port)
      .split('\n')
      .filter((line) => !(line.split('=')[0]! in own));
    const properties = join(dir, 'server.properties');
    writeFileSync(properties, [...lines, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)].join('\n'));
    mkdirSync(join(dir, 'data'));
    const identity = ['version=1', 'node.id=2', 'cluster.id=faultboxAAAAAAAAAAAAAA', 'directory.id=faultboxBBBBBBBBBBBBBB'];
    writeFileSync(join(dir, 'data', 'meta.properties'), identity.join('\n'));
    const args = [...jvmFlags, ...archiveFlags('broker'), '-cp', brokerClassPath(), 'kafka.Kafka', properties];
    const [log, answers] = [join(dir, 'broker.log'), () => brokerAnswers(port)];
    return new SecondBroker(
      port,
      dir,
      await startServer({ name: 'the second broker', program: 'java', args, env: {}, cwd: dir, log, answers }),
    );
  }

  /** SIGKILL: it may wait for a controller that is gone. */
  async end(): Promise<void> {
    await this.#server.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
