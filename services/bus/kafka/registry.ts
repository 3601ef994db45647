import { roomNames, schemaText, type Room } from '../../../schemas/codec.ts';
import { BusError } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { topic } from './client.ts';
import { askRegistry, noRegistry } from './registry-request.ts';

const notFound = 404;
const incompatible = 409;

/**
 * The schemas of blocks in a Confluent-compatible registry
 * (https://docs.confluent.io/platform/current/schema-registry/develop/api.html): four of its routes, so no client is loaded for them.
 */
export class Registry {
  readonly #address: KafkaAddress;
  readonly #rooms = new Map<number, Room>();

  constructor(address: KafkaAddress) {
    this.#address = address;
  }

  /** The id of a room's block schema, registered in a subject of its own whose versions must stay readable. Rejects with `BusError`. */
  async idOf(room: Room): Promise<number> {
    const name = `${topic}-${room}`;
    const subject = encodeURIComponent(name);
    const schema = blockSchema(room);
    // There already, as a rule. Who may only read, or meets a registry that takes nothing new, comes by with it.
    const found = await askRegistry(this.#address, 'POST', `/subjects/${subject}`, { schema });
    if (found.status === 200 && typeof found.body['id'] === 'number') return this.#know(found.body['id'], room);
    const config = await askRegistry(this.#address, 'GET', `/config/${subject}`);
    if (config.status === notFound) await askRegistry(this.#address, 'PUT', `/config/${subject}`, { compatibility: 'BACKWARD' });
    const register = () => askRegistry(this.#address, 'POST', `/subjects/${subject}/versions`, { schema });
    let answer = await register();
    // Registries differ in what they say to the second of two that register a subject's first schema at once: ask again what it is then.
    if (answer.status >= 400) answer = await register();
    const {
      status,
      body: { id, message },
    } = answer;
    if (status === notFound) throw noRegistry(this.#address, status);
    if (status === incompatible) throw this.#incompatible(name, message);
    if (typeof id !== 'number') throw this.#refused(`the schema of "${room}"`, status, message);
    return this.#know(id, room);
  }

  /** The room whose block schema has this id. Rejects with `BusError` where it is none of this version. */
  async roomOf(id: number): Promise<Room> {
    const known = this.#rooms.get(id);
    if (known) return known;
    const {
      status,
      body: { schema, message },
    } = await askRegistry(this.#address, 'GET', `/schemas/ids/${id}`);
    if (typeof schema !== 'string') throw this.#refused(`schema ${id}`, status, message);
    const written = canonical(schema);
    const room = roomNames.find((name) => canonical(blockSchema(name)) === written);
    const { registry } = this.#address;
    const foreign = `The run was written by another version of faultbox: schema ${id} of ${registry} is none of this one. Read it with that version.`;
    if (room === undefined) throw new BusError('E_BUS_CORRUPT', registry, foreign);
    this.#rooms.set(id, room);
    return room;
  }

  #know(id: number, room: Room): number {
    this.#rooms.set(id, room);
    return id;
  }

  #refused(what: string, status: number, message: unknown): BusError {
    const { registry } = this.#address;
    const sentence = `The schema registry at ${registry} has refused ${what}: ${reasonOf(message)} (${status}).`;
    return new BusError('E_BUS_REFUSED', registry, sentence);
  }

  #incompatible(subject: string, message: unknown): BusError {
    const { registry } = this.#address;
    const what = `The schema of this version of faultbox is incompatible with subject ${subject} of ${registry}: ${reasonOf(message)}.`;
    const remedy = 'Another version has written there: use that one or another registry, or remove the subject if its runs have been read.';
    return new BusError('E_BUS_REFUSED', registry, `${what} ${remedy}`);
  }
}

function reasonOf(message: unknown): string {
  return typeof message === 'string' ? message.replace(/\.$/, '') : 'no reason given';
}

/** A message's schema: the records of one room, back to back. */
function blockSchema(room: Room): string {
  const records = { name: 'records', type: { type: 'array', items: JSON.parse(schemaText(room)) as object } };
  const name = `${room[0]!.toUpperCase()}${room.slice(1)}Block`;
  return JSON.stringify({ type: 'record', name, namespace: 'faultbox', fields: [records] });
}

const canonical = (schema: string): string => JSON.stringify(JSON.parse(schema));
