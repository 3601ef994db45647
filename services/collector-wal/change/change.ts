import type { Pgoutput } from 'pg-logical-replication';
import { RowTexts } from './row-texts.ts';

/** A change of a row or table, or a logical message, before it is an event. */
export interface Change {
  /** Null for a logical message. */
  readonly table: string | null;
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'MESSAGE';
  /** The members of the event's data that stand before those of its transaction, and those behind, as JSON. */
  readonly head: string;
  readonly tail: string;
}

type Relation = Pgoutput.MessageRelation;
type Tuple = Readonly<Record<string, string | null | undefined>>;
type RowMessage = Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete;

const rows = new RowTexts();

/**
 * An inserted, changed or deleted row. `old` is what the table's replica identity gives: the key where it changed, the whole row, or null.
 */
export function rowChange(message: RowMessage): Change {
  const { relation } = message;
  const action = ({ insert: 'INSERT', update: 'UPDATE', delete: 'DELETE' } as const)[message.tag];
  const fresh = message.tag === 'delete' ? null : (message.new as Tuple);
  const old = message.tag === 'insert' ? null : ((message.old ?? message.key) as Tuple | null);
  const unchanged = fresh ? rows.missing(relation, fresh) : [];
  const head = `${opening(relation, action)},"new":${rows.text(relation, fresh)},"old":${rows.text(relation, old)}`;
  return { table: relation.name, action, head, tail: unchanged.length === 0 ? '' : `,"unchanged":${JSON.stringify(unchanged)}` };
}

/** A table that was emptied. */
export function truncation(relation: Relation): Change {
  return { table: relation.name, action: 'TRUNCATE', head: `${opening(relation, 'TRUNCATE')},"new":null,"old":null`, tail: '' };
}

/** What pg_logical_emit_message wrote; content that is no UTF-8 is hex as bytea has it. */
export function logicalMessage({ prefix, content, transactional }: Pgoutput.MessageMessage): Change {
  const text = JSON.stringify(textOrHex(content));
  const head = `{"action":"MESSAGE","op":"MESSAGE","prefix":${JSON.stringify(prefix)},"content":${text},"transactional":${transactional}`;
  return { table: null, action: 'MESSAGE', head, tail: '' };
}

const named = new WeakMap<Relation, string>();

function opening(relation: Relation, action: Change['action']): string {
  let names = named.get(relation);
  if (names === undefined) {
    names = `{"table":${JSON.stringify(relation.name)},"schema":${JSON.stringify(relation.schema)}`;
    named.set(relation, names);
  }
  return `${names},"action":"${action}","op":"${action}"`;
}

function textOrHex(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return `\\x${Buffer.from(content).toString('hex')}`;
  }
}
