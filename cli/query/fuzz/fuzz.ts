import { call, execFile, StarlarkError, StarlarkFunction, StarlarkList, structBuiltin, Thread, truth } from '../../starlark/index.ts';
import type { Dependence } from '../depends-on.ts';
import type { Translation } from '../translate.ts';
import { KeyedEvent } from './event.ts';
import { PRELUDE, randomPredicate } from './predicates.ts';
import { Random } from './random.ts';
import { hostileRows, isConsistent, stored } from './rows.ts';

/** What the fuzzer needs of a store that has the table `events`. */
export interface FuzzStore {
  query(sql: string, params: Readonly<Record<string, unknown>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
  insertRows(table: string, rows: readonly object[]): Promise<void>;
}

/** What is under test. */
export interface Subject {
  translate(predicate: StarlarkFunction): Translation;
  dependsOn(predicate: StarlarkFunction): Dependence;
}

/**
 * How a translation was wrong. `unsound`: SQL loses a row. `inexact`: called exact, but a row raises or does not match. `dependence`: a
 * match has a type, service, topic or table that was left out. `refused`: the store does not take the SQL.
 */
export type Fault = 'unsound' | 'inexact' | 'dependence' | 'refused';

export interface FuzzResult {
  predicates: number;
  /** Pairs of a predicate and a row on which SQL and interpreter were compared. */
  checks: number;
  readonly kinds: Record<Translation['kind'], number>;
  /** Checks of rows that SQL decides without the interpreter. */
  decided: number;
  /** Predicates of which it is known that some types, services, topics or tables cannot match. */
  narrowed: number;
  readonly outcomes: Record<Outcome, number>;
  readonly faults: Record<Fault, number>;
  /** The first few faults, with predicate, row and SQL. */
  readonly examples: string[];
}

type Outcome = 'truthy' | 'falsy' | 'raised';

/** A result with nothing in it. */
export function noResult(): FuzzResult {
  return {
    predicates: 0,
    checks: 0,
    kinds: { exact: 0, prefilter: 0, none: 0 },
    decided: 0,
    narrowed: 0,
    outcomes: { truthy: 0, falsy: 0, raised: 0 },
    faults: { unsound: 0, inexact: 0, dependence: 0, refused: 0 },
    examples: [],
  };
}

/** Compares translations of random predicates with the interpreter on random rows of a fresh run, and adds to a result. */
export async function fuzz(
  store: FuzzStore,
  options: { seed: number; rows: number; predicates: number },
  subject: Subject,
  result = noResult(),
): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const rows = hostileRows(random, options.rows);
  const run = `fuzz-${options.seed}`;
  await store.insertRows(
    'events',
    rows.map((r) => ({ ...r, run })),
  );
  const events = rows.map((r) => new KeyedEvent(stored(r)));
  const sources = Array.from({ length: options.predicates }, () => randomPredicate(random));
  for (const [i, predicate] of compiled(sources).entries()) {
    const fault = (kind: Fault, event: KeyedEvent | null, why: string): void => {
      result.faults[kind]++;
      const row = event === null ? '' : `\n  row ${JSON.stringify(rows[event.row.seq - 1])}`;
      if (result.examples.length < 8) result.examples.push(`${kind}: ${sources[i]}\n  ${why}${row}`);
    };
    await checkPredicate(store, run, predicate, events, subject, result, fault);
  }
  return result;
}

async function checkPredicate(
  store: FuzzStore,
  run: string,
  predicate: StarlarkFunction,
  events: readonly KeyedEvent[],
  subject: Subject,
  result: FuzzResult,
  fault: (kind: Fault, event: KeyedEvent | null, why: string) => void,
): Promise<void> {
  const translation = subject.translate(predicate);
  const dependence = subject.dependsOn(predicate);
  result.predicates++;
  result.kinds[translation.kind]++;
  if (Object.values(dependence).some((values) => values !== null)) result.narrowed++;
  const matched =
    translation.kind === 'none'
      ? null
      : await matches(store, run, translation).catch((error: unknown) => {
          fault('refused', null, `${String(error)}\n  ${translation.where.text}`);
          return null;
        });
  events.forEach((event, at) => {
    const outcome = outcomeOf(predicate, event);
    if (outcome === 'truthy' && isConsistent(event.row.seq) && !couldMatch(dependence, event)) {
      fault('dependence', event, `${JSON.stringify(dependence)} leaves out a match`);
    }
    if (matched === null || translation.kind === 'none') return;
    result.outcomes[outcome]++;
    result.checks++;
    const match = matched[at] ?? { where: false, unless: false };
    if (!match.where || !match.unless) result.decided++;
    const wrong = judged(outcome, match);
    if (wrong !== null) fault(wrong, event, `${outcome}, in SQL ${JSON.stringify(match)}\n  ${translation.where.text}`);
  });
}

function couldMatch({ types, services, topics, tables }: Dependence, { row }: KeyedEvent): boolean {
  const among = (values: readonly string[] | null, value: string | null) => values === null || value === null || values.includes(value);
  return among(types, row.type) && among(services, row.service) && among(topics, row.topic) && among(tables, row.table);
}

function compiled(sources: readonly string[]): StarlarkFunction[] {
  const source = `${PRELUDE}\npredicates = [\n${sources.join(',\n')},\n]\n`;
  const predeclared = new Map([['struct', structBuiltin]]);
  const globals = execFile(new Thread(), { name: 'fuzz.star', source, predeclared, load: () => new Map() });
  const list = globals.get('predicates');
  return list instanceof StarlarkList ? list.items.filter((p) => p instanceof StarlarkFunction) : [];
}

interface Match {
  readonly where: boolean;
  readonly unless: boolean;
}

async function matches(store: FuzzStore, run: string, t: Exclude<Translation, { kind: 'none' }>): Promise<Match[]> {
  const unless = t.kind === 'prefilter' ? t.unless : { text: '0', params: {} };
  const params = Object.fromEntries(Object.entries({ ...t.where.params, ...unless.params }).map(([name, p]) => [name, p.value]));
  const sql = `SELECT toUInt8(${t.where.text}) AS w, toUInt8(${unless.text}) AS u FROM events WHERE run = {run:String} ORDER BY seq`;
  return (await store.query(sql, { ...params, run })).map((r) => ({ where: Number(r.w) === 1, unless: Number(r.u) === 1 }));
}

function outcomeOf(predicate: StarlarkFunction, event: KeyedEvent): Outcome {
  try {
    return truth(call(new Thread(), predicate, [event])) ? 'truthy' : 'falsy';
  } catch (error) {
    if (error instanceof StarlarkError) return 'raised';
    throw error;
  }
}

function judged(outcome: Outcome, m: Match): Fault | null {
  if (outcome !== 'falsy' && !m.where) return 'unsound';
  return !m.unless && (outcome === 'raised' || (outcome === 'falsy' && m.where)) ? 'inexact' : null;
}
