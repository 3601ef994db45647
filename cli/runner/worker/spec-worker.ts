import { join } from 'node:path';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Plan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import type { HostReply, HostRequest } from '../host.ts';
import { SpecError } from '../spec-error.ts';
import type { Driven, FromWorker, ToWorker, Watched, WatchOrder } from './messages.ts';

const maxOldGeneration_mb = 512;

/** Answers the host calls of one test. */
export interface HostServer {
  answer(request: HostRequest): Promise<unknown>;
  print(text: string): void;
}

/** A worker thread that holds a loaded spec and drives its tests one after another. */
export class SpecWorker {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #signal = new SharedArrayBuffer(4);
  #server: HostServer | null = null;
  #settle: { resolve: (message: FromWorker) => void; reject: (error: Error) => void } | null = null;

  constructor(cwd: string) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(join(import.meta.dirname, 'main.ts'), {
      workerData: { port: port2, signal: this.#signal, cwd },
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: maxOldGeneration_mb },
    });
    this.#port.on('message', (message: FromWorker) => void this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.#settle?.reject(died(error)));
    this.#worker.on('exit', () => this.#settle?.reject(new EnvironmentError('E_WORKER', 'The worker that evaluates the spec ended.')));
  }

  /** Loads a spec. Rejects with a `SpecError` that holds all its messages. */
  async load(spec: string, print = (text: string): void => void process.stderr.write(`${text}\n`)): Promise<Plan> {
    const answer = await this.#ask({ load: { spec } }, { answer: refuseCalls, print });
    if ('refused' in answer) throw new SpecError(null, answer.refused.text);
    if ('loaded' in answer) return answer.loaded;
    throw new EnvironmentError('E_WORKER', 'The worker gave an answer that was not asked for.');
  }

  /** Drives one test: its scenario, a barrier, its expectations. */
  async drive(test: string, storeTest: string, run: string, server: HostServer): Promise<Driven> {
    const answer = await this.#ask({ drive: { test, storeTest, run } }, server);
    if ('driven' in answer) return answer.driven;
    throw new EnvironmentError('E_WORKER', 'The worker gave an answer that was not asked for.');
  }

  /** Lets the monitors of a test take what is stored. */
  async watch(order: WatchOrder, server: HostServer): Promise<Watched> {
    const answer = await this.#ask({ watch: order }, server);
    if ('watched' in answer) return answer.watched;
    throw new EnvironmentError('E_WORKER', 'The worker gave an answer that was not asked for.');
  }

  /** Ends what is being driven: it is rejected with `error`. The worker is of no further use. */
  interrupt(error: Error): void {
    this.#settle?.reject(error);
    void this.#worker.terminate();
  }

  async end(): Promise<void> {
    this.#settle = null;
    this.#port.close();
    await this.#worker.terminate();
  }

  #ask(message: ToWorker, server: HostServer): Promise<FromWorker> {
    this.#server = server;
    return new Promise<FromWorker>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#post(message);
    }).finally(() => {
      this.#settle = null;
      this.#server = null;
    });
  }

  #post(message: unknown): void {
    this.#port.postMessage(message);
    const signal = new Int32Array(this.#signal);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  }

  async #receive(message: FromWorker): Promise<void> {
    if ('print' in message) return this.#server?.print(message.print);
    if ('call' in message) return this.#post(await this.#answer(message.call));
    this.#settle?.resolve(message);
  }

  async #answer(request: HostRequest): Promise<HostReply> {
    try {
      return { ok: await this.#server?.answer(request) };
    } catch (error) {
      const { name, message, code = 'E_HOST' } = error as Error & { code?: string };
      return { error: { name, code, message } };
    }
  }
}

function refuseCalls(): Promise<never> {
  return Promise.reject(new Error('this can only be called while a test runs'));
}

function died(error: NodeJS.ErrnoException): Error {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new SpecError(null, `The spec needs more than ${maxOldGeneration_mb} MB of memory.`);
  return new EnvironmentError('E_WORKER', `The worker that evaluates the spec failed: ${error.stack ?? error.message}`);
}
