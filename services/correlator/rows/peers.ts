import type { EventPool } from '../order/event-pool.ts';
import type { TextTable } from '../../store/texts.ts';
import type { Words } from '../words.ts';

/** `services` of a test's first record: for each service its ports as the spec has them and as they are leased. */
export type ServicePorts = Readonly<Record<string, { readonly ports?: Readonly<Record<string, number>> }>>;

const local = /^(?:127\.\d+\.\d+\.\d+|\[::1?\]|0\.0\.0\.0):\d+$/;
const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1));

/** Names the other end of a connection: `service:port` as in the spec, `test` for the driver's connections, else its address. */
export class Peers {
  readonly #texts: TextTable;
  readonly #words: Words;
  readonly #byLease = new Map<number, string>();
  readonly #bySpecPort = new Map<number, string>();
  /** Addresses of ends that have no port in the spec: the driver's and those of services that connect. */
  readonly #byAddress = new Map<number, string>();
  readonly #named = new Map<number, number>();

  constructor(texts: TextTable, words: Words) {
    this.#texts = texts;
    this.#words = words;
  }

  declare(services: ServicePorts): void {
    for (const [service, { ports = {} }] of Object.entries(services)) {
      for (const [spec, leased] of Object.entries(ports)) this.#lease(service, Number(spec), leased);
    }
  }

  /** Learns from a bind, a connect or a step. */
  learn(pool: EventPool, i: number): void {
    const own = pool.id.local[i]!;
    if (own === 0) return;
    const words = this.#words;
    const type = pool.id.type[i];
    if (type === words.step_send || type === words.step_recv) return this.#name(own, 'test');
    const syscall = pool.id.syscall[i];
    if (syscall === words.connect) {
      const text = this.#texts.text(own);
      return this.#name(own, `${this.#texts.text(pool.id.service[i]!)}:${portOf(text)}`);
    }
    if (syscall !== words.bind || pool.number('ret', i) !== 0 || pool.id.address[i] === 0) return;
    const asked = portOf(this.#texts.text(pool.id.address[i]!));
    const got = portOf(this.#texts.text(own));
    if (asked > 0 && got > 0) this.#lease(this.#texts.text(pool.id.service[i]!), asked, got);
  }

  /** The peer of an event as number of the text table, 0 for none. */
  of(pool: EventPool, i: number): number {
    const remote = pool.id.remote[i]!;
    if (remote !== 0) return this.#peer(remote, this.#byLease);
    const address = pool.id.address[i]!;
    return address !== 0 && pool.id.syscall[i] === this.#words.connect ? this.#peer(address, this.#bySpecPort) : 0;
  }

  #peer(address: number, byPort: ReadonlyMap<number, string>): number {
    const tag = byPort === this.#byLease ? address : -address;
    let peer = this.#named.get(tag);
    if (peer === undefined) {
      const text = this.#texts.text(address);
      const name = this.#byAddress.get(address) ?? (local.test(text) ? byPort.get(portOf(text)) : undefined);
      peer = name === undefined ? address : this.#texts.internText(name);
      this.#named.set(tag, peer);
    }
    return peer;
  }

  #lease(service: string, spec: number, leased: number): void {
    const name = `${service}:${spec}`;
    if (this.#byLease.get(leased) === name) return;
    this.#byLease.set(leased, name);
    if (!this.#bySpecPort.has(spec)) this.#bySpecPort.set(spec, name);
    this.#named.clear();
  }

  #name(address: number, name: string): void {
    if (this.#byAddress.get(address) === name) return;
    this.#byAddress.set(address, name);
    this.#named.delete(address);
  }
}
