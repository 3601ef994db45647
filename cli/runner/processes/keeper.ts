import { join } from 'node:path';
import { EnvironmentError } from '../environment-error.ts';
import { fileName, nativeProgram, type Folders } from '../folders.ts';
import { Child } from './child.ts';
import { Requests } from './requests.ts';

/** `native/keeper`: the run's lock, cgroups and port space. When it goes, everything of the run goes. */
export class Keeper {
  /** `/run/faultbox/<run>` */
  readonly dir: string;
  readonly #child: Child;
  readonly #requests: Requests<string[]>;

  private constructor(child: Child, requests: Requests<string[]>, dir: string) {
    this.#child = child;
    this.#requests = requests;
    this.dir = dir;
  }

  /** Starts it; it has swept what dead runs left when this settles. */
  static async start(run: string, folders: Folders): Promise<Keeper> {
    const requests = new Requests<string[]>();
    let greet: (words: string[]) => void;
    const greeting = new Promise<string[]>((resolve) => (greet = resolve));
    const child = new Child({ program: nativeProgram('keeper'), args: ['--run', run], log: join(folders.run, 'keeper.log') }, (line) => {
      const [kind, id, ...rest] = line.split(' ');
      if (kind === 'ok') requests.resolve(Number(id), rest);
      else if (kind === 'failed' && /^[0-9]+$/.test(id ?? '') && rest.length > 0) requests.reject(Number(id), new EnvironmentError(rest[0]!, rest.slice(1).join(' ')));
      else greet(line.split(' '));
    });
    void child.ended.then((how) => {
      greet(['failed', 'E_KEEPER', `native/keeper ended (${how}). ${child.lastWords()}`]);
      requests.fail(new EnvironmentError('E_KEEPER', `native/keeper was ended by ${how}; the run cannot go on.`));
    });
    const [kind, ...words] = await greeting;
    if (kind !== 'ready') throw new EnvironmentError(words[0] ?? 'E_KEEPER', words.slice(1).join(' '));
    return new Keeper(child, requests, words[1]!);
  }

  get pid(): number {
    return this.#child.pid;
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
