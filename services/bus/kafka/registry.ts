import { roomNames, schemaText, type Room } from '../../../schemas/codec.ts';
import { BusError } from '../bus.ts';
import { registryPasswordVariable, type KafkaAddress } from './address.ts';
import { topic } from './client.ts';

const contentType = 'application/vnd.schemaregistry.v1+json';

/**
 * The schemas of blocks in a Confluent-compatible registry
 * (https://docs.confluent.io/platform/current/schema-registry/develop/api.html): three of its routes, so no client is loaded for them.
 */
export class Registry {
  readonly #address: KafkaAddress;
  readonly #rooms = new Map<number, Room>();

  constructor(address: KafkaAddress) {
    this.#address = address;
  }

  /** The id of a room's block schema, registered in a subject of its own whose versions must stay readable. Rejects with `BusError`. */
  async idOf(room: Room): Promise<number> {
    const subject = encodeURIComponent(`${topic}-${room}`);
    if ((await this.#ask('GET', `/config/${subject}`)).status === 404) await this.#ask('PUT', `/config/${subject}`, { compatibility: 'BACKWARD' });
    const register = () => this.#ask('POST', `/subjects/${subject}/versions`, { schema: blockSchema(room) });
    let answer = await register();
    // Registries differ in what they say to the second of two that register a subject's first schema at once: ask again what it is then.
    if (answer.status >= 400) answer = await register();
    const { status, body } = answer;
    const { id, message } = body as { id?: number; message?: string };
    if (id === undefined) throw this.#refused(`the schema of "${room}"`, status, message);
    this.#rooms.set(id, room);
    return id;
  }

  /** The room whose block schema has this id. Rejects with `BusError` where it is none of this version. */
  async roomOf(id: number): Promise<Room> {
    const known = this.#rooms.get(id);
    if (known) return known;
    const { status, body } = await this.#ask('GET', `/schemas/ids/${id}`);
    const { schema, message } = body as { schema?: string; message?: string };
    if (schema === undefined) throw this.#refused(`schema ${id}`, status, message);
    const written = canonical(schema);
    const room = roomNames.find((name) => canonical(blockSchema(name)) === written);
    const { registry } = this.#address;
    const foreign = `The run was written by another version of faultbox: schema ${id} of ${registry} is none of this one. Read it with that version.`;
    if (room === undefined) throw new BusError('E_BUS_CORRUPT', registry, foreign);
    this.#rooms.set(id, room);
    return room;
  }

  async #ask(method: string, path: string, content?: object): Promise<{ status: number; body: unknown }> {
    const { registry, registryUser, patience_ms } = this.#address;
    const password = process.env[registryPasswordVariable] ?? '';
    const login = { authorization: `Basic ${Buffer.from(`${registryUser}:${password}`).toString('base64')}` };
    const headers = { 'content-type': contentType, ...(registryUser === '' ? {} : login) };
    try {
      const body = content ? { body: JSON.stringify(content) } : {};
      const answer = await fetch(`${registry}${path}`, { method, headers, signal: AbortSignal.timeout(patience_ms), ...body });
      return { status: answer.status, body: await answer.json().catch(() => ({})) };
    } catch (error) {
      const { message, cause } = error as Error;
      throw new BusError('E_BUS_GONE', registry, `The schema registry at ${registry} does not answer (${cause instanceof Error ? cause.message : message}).`);
    }
  }

  #refused(what: string, status: number, message = 'no reason given'): BusError {
    const { registry } = this.#address;
    return new BusError('E_BUS_REFUSED', registry, `The schema registry at ${registry} has refused ${what}: ${message} (${status}).`);
  }
}

/** A message's schema: the records of one room, back to back. */
function blockSchema(room: Room): string {
  const records = { name: 'records', type: { type: 'array', items: JSON.parse(schemaText(room)) as object } };
  const name = `${room[0]!.toUpperCase()}${room.slice(1)}Block`;
  return JSON.stringify({ type: 'record', name, namespace: 'faultbox', fields: [records] });
}

const canonical = (schema: string): string => JSON.stringify(JSON.parse(schema));
