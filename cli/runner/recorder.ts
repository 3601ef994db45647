import type { RunnerRecord } from '../../schemas/generated/records.ts';
import { monotonicNs } from '../../services/collector/clock.ts';
import { Publisher } from '../../services/collector/publisher.ts';
import type { BusLocation } from '../../services/bus/location.ts';
import { openBusWriter } from '../../services/bus/open.ts';

/** What a record of the runner may carry beside its header. */
export type RunnerFields = Partial<Omit<RunnerRecord, 'run' | 'test' | 'service' | 'source' | 'position' | 'type' | 'at_ns'>>;

/** The runner's own room of the bus: everything that it did or saw and a verdict rests on. */
export class Recorder {
  readonly #run: string;
  readonly #publisher: Publisher<'runner'>;
  readonly #positions = new Map<string, number>();

  constructor(run: string, bus: BusLocation) {
    this.#run = run;
    this.#publisher = new Publisher('runner', openBusWriter(bus, run, 'runner'));
  }

  /** Adds a record of the runner itself; `at_ns` defaults to now. */
  write(test: string, type: string, fields: RunnerFields = {}, at_ns: bigint = monotonicNs(), service = ''): void {
    this.writeFor(test, 'runner', service, type, fields, at_ns);
  }

  /** Adds a record that belongs to another source which the runner speaks for, such as `fault/db`. */
  writeFor(test: string, source: string, service: string, type: string, fields: RunnerFields, at_ns: bigint = monotonicNs()): void {
    this.#publisher.publish({ run: this.#run, test, source, service }, this.#advance(test, source), type, at_ns, fields);
  }

  /** Position of the last record of a source. */
  position(test: string, source: string): number {
    return this.#positions.get(`${test}\0${source}`) ?? 0;
  }

  /** Hands what was written to the bus. */
  flush(): void {
    this.#publisher.flush();
  }

  /** Settles when what was written survives this process. */
  durable(): Promise<void> {
    return this.#publisher.durable();
  }

  /** Settles when what was written survives the loss of power. */
  sync(): Promise<void> {
    return this.#publisher.sync();
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  #advance(test: string, source: string): number {
    const next = this.position(test, source) + 1;
    this.#positions.set(`${test}\0${source}`, next);
    return next;
  }
}
