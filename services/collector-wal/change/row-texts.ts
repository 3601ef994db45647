import type { Pgoutput } from 'pg-logical-replication';
import { toJsonOf } from './value.ts';

type Relation = Pgoutput.MessageRelation;

/**
 * Lets the old keys of a partitioned table without a key of its own be read: its partitions can have theirs, which the relation does not
 * name. What is no part of a key arrives as null, and is left out.
 */
export function admitKeysOfPartitions(relation: Relation): void {
  if (relation.keyColumns.length === 0) relation.keyColumns.push(...relation.columns.map(({ name }) => name));
}

/** Gives a relation's columns conversions that make JSON text of their values, in place of the library's own. */
export function convertToJson(relation: Relation): void {
  for (const column of relation.columns) column.parser = toJsonOf(column);
}

/** Rows as JSON objects, of tuples whose values are JSON texts already (see `convertToJson`). */
export class RowTexts {
  /** Each column's name as a JSON key, quoted once a relation. */
  readonly #keys = new WeakMap<Relation, readonly string[]>();

  /** Null for no row. A column without a value in the tuple is left out. */
  text(relation: Relation, tuple: Readonly<Record<string, string | null | undefined>> | null): string {
    if (tuple === null) return 'null';
    const keys = this.#keysOf(relation);
    let out = '{';
    for (let i = 0; i < keys.length; i++) {
      const value = tuple[relation.columns[i]!.name];
      if (value !== undefined) out += `${out.length > 1 ? ',' : ''}${keys[i]}:${value}`;
    }
    return `${out}}`;
  }

  /** The columns that a new row has no value of: large ones that the update left as they were (unchanged TOAST). */
  missing(relation: Relation, tuple: Readonly<Record<string, unknown>>): string[] {
    return relation.columns.filter(({ name }) => tuple[name] === undefined).map(({ name }) => name);
  }

  #keysOf(relation: Relation): readonly string[] {
    let keys = this.#keys.get(relation);
    if (!keys) this.#keys.set(relation, (keys = relation.columns.map(({ name }) => JSON.stringify(name))));
    return keys;
  }
}
