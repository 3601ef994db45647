import { join } from 'node:path';
import { EnvironmentError } from '../environment-error.ts';
import { fileName, nativeProgram, type Folders } from '../folders.ts';
import { Child } from './child.ts';
import { Requests } from './requests.ts';

/** A denied connect as the keeper is told it: the errno's number, matching connects to let pass first, hits at most (0: no limit). */
export interface ConnectRule {
  readonly rule: number;
  readonly errno: number;
  readonly after: number;
  readonly count: number;
  readonly probability_ppm: number;
  readonly seed: number;
}

/** A connect that a rule struck. Time is CLOCK_MONOTONIC ns. */
export interface ConnectHit {
  readonly rule: number;
  readonly at_ns: bigint;
  readonly pid: number;
  readonly tid: number;
}

/** Who is told what happens to the connects of a service. */
export interface ConnectWatcher {
  hit(hit: ConnectHit): void;
  /** So many hits more are known to have happened, but not when and where. */
  lost(hits: number): void;
}

/** `native/keeper`: the run's lock, cgroups and port space. When it goes, everything of the run goes. */
export class Keeper {
  /** `/run/faultbox/<run>` */
  readonly dir: string;
  /** Whether the kernel takes the programs that deny connects. */
  readonly netFaults: boolean;
  readonly #child: Child;
  readonly #requests: Requests<string[]>;

  readonly #watchers: Map<string, ConnectWatcher>;

  private constructor(child: Child, requests: Requests<string[]>, watchers: Map<string, ConnectWatcher>, dir: string, netFaults: boolean) {
    this.#child = child;
    this.#requests = requests;
    this.#watchers = watchers;
    this.dir = dir;
    this.netFaults = netFaults;
  }

  /** Starts it; it has swept what dead runs left when this settles. */
  static async start(run: string, folders: Folders): Promise<Keeper> {
    const requests = new Requests<string[]>();
    const watchers = new Map<string, ConnectWatcher>();
    let greet: (words: string[]) => void;
    const greeting = new Promise<string[]>((resolve) => (greet = resolve));
    const child = new Child({ program: nativeProgram('keeper'), args: ['--run', run], log: join(folders.run, 'keeper.log') }, (line) => {
      const [kind, id, ...rest] = line.split(' ');
      if (kind === 'ok') requests.resolve(Number(id), rest);
      else if (kind === 'failed' && /^[0-9]+$/.test(id ?? '') && rest.length > 0)
        requests.reject(Number(id), new EnvironmentError(rest[0]!, rest.slice(1).join(' ')));
      else if (kind === 'hit')
        watchers
          .get(rest.slice(3).join(' '))
          ?.hit({ rule: Number(id), at_ns: BigInt(rest[0]!), pid: Number(rest[1]), tid: Number(rest[2]) });
      else if (kind === 'lost') watchers.get(rest.join(' '))?.lost(Number(id));
      else greet(line.split(' '));
    });
    void child.ended.then((how) => {
      greet(['failed', 'E_KEEPER', `native/keeper ended (${how}). ${child.lastWords()}`]);
      requests.fail(new EnvironmentError('E_KEEPER', `native/keeper was ended by ${how}; the run cannot go on.`));
    });
    const [kind, ...words] = await greeting;
    if (kind !== 'ready') throw new EnvironmentError(words[0] ?? 'E_KEEPER', words.slice(1).join(' '));
    return new Keeper(child, requests, watchers, words[1]!, words[2] === 'netfaults');
  }

  /** Makes a test's cgroup and port space. */
  async test(test: string): Promise<void> {
    await this.#ask(`test ${fileName(test)}`);
  }

  /** Makes a service's cgroup: its directory. */
  async service(test: string, service: string): Promise<string> {
    return (await this.#ask(`service ${fileName(test)} ${fileName(service)}`)).join(' ');
  }

  /** The host's port that stands for `port` in this test. */
  async lease(test: string, port: number): Promise<number> {
    return Number((await this.#ask(`lease ${fileName(test)} ${port}`))[0]);
  }

  /** Arms a denied connect on the service of a cgroup; in force when this settles. The watcher is told its hits. */
  async arm(cgroup: string, rule: ConnectRule, watcher: ConnectWatcher): Promise<void> {
    this.#watchers.set(cgroup, watcher);
    await this.#ask(`arm ${cgroup} ${rule.rule} ${rule.errno} ${rule.after} ${rule.count} ${rule.probability_ppm} ${rule.seed}`);
  }

  /** Takes back one rule of a service, or all. */
  async disarm(cgroup: string, rule: number | '*'): Promise<void> {
    await this.#ask(`disarm ${cgroup} ${rule}`);
  }

  /** Every hit from before now has been told when this settles. */
  async drain(test: string): Promise<void> {
    await this.#ask(`drain ${fileName(test)}`);
  }

  /** Tells nobody any more about the connects of a cgroup. */
  unwatch(cgroup: string): void {
    this.#watchers.delete(cgroup);
  }

  /** Kills what is left of a test and gives its ports back. */
  async endTest(test: string): Promise<void> {
    await this.#ask(`end ${fileName(test)}`);
  }

  async end(): Promise<void> {
    await this.#child.end();
  }

  #ask(command: string): Promise<string[]> {
    return this.#requests.ask((id) => this.#child.send(`${id} ${command}`));
  }
}
