import { call, execFile, StarlarkError, StarlarkFunction, StarlarkList, Thread, truth } from '../../starlark/index.ts';
import type { Translation } from '../translate.ts';
import { RowEvent } from './event.ts';
import { PRELUDE, randomPredicate } from './predicates.ts';
import { Random } from './random.ts';
import { hostileRows } from './rows.ts';

/** What the fuzzer needs of a store that has the table `events`. */
export interface FuzzStore {
  query(sql: string, params: Readonly<Record<string, unknown>>): Promise<readonly Readonly<Record<string, unknown>>[]>;
  insertRows(table: string, rows: readonly object[]): Promise<void>;
}

export interface FuzzResult {
  readonly predicates: number;
  readonly checks: number;
  readonly kinds: Record<Translation['kind'], number>;
  /** Prefilters that say on which rows they are exact. */
  readonly conditional: number;
  readonly outcomes: { readonly truthy: number; readonly falsy: number; readonly raised: number };
  /** Rows that SQL would have lost or, for exact translations, matched wrongly; the first few. */
  readonly violations: string[];
  violationCount: number;
}

/** Compares translations of random predicates with the interpreter on random rows of a fresh table. `translate` is what is under test. */
export async function fuzz(
  store: FuzzStore, options: { seed: number; rows: number; predicates: number }, translate: (p: StarlarkFunction) => Translation,
): Promise<FuzzResult> {
  const random = new Random(options.seed);
  const rows = hostileRows(random, options.rows);
  const run = `fuzz-${options.seed}`;
  await store.insertRows('events', rows.map((r) => ({ ...r, run })));
  const events = rows.map((r) => new RowEvent(r));
  const sources = Array.from({ length: options.predicates }, () => randomPredicate(random));
  const result = {
    predicates: 0, checks: 0, kinds: { exact: 0, prefilter: 0, none: 0 }, conditional: 0,
    outcomes: { truthy: 0, falsy: 0, raised: 0 }, violations: [] as string[], violationCount: 0,
  };
  for (const [i, predicate] of compiled(sources).entries()) {
    const translation = translate(predicate);
    result.predicates++;
    result.kinds[translation.kind]++;
    if (translation.kind === 'none') continue;
    if (translation.kind === 'prefilter' && translation.unless !== null) result.conditional++;
    const matched = await matches(store, run, translation);
    events.forEach((event, at) => {
      const outcome = outcomeOf(predicate, event);
      result.outcomes[outcome]++;
      result.checks++;
      const wrong = violation(
        outcome, matched[at] ?? { where: false, unless: false }, translation.kind === 'exact' || translation.unless !== null,
      );
      if (wrong === null) return;
      result.violationCount++;
      if (result.violations.length < 5) {
        result.violations.push(`${wrong}: ${sources[i]}\n  row ${JSON.stringify(rows[at])}\n  ${translation.where.text}`);
      }
    });
  }
  return result;
}

function compiled(sources: readonly string[]): StarlarkFunction[] {
  const source = `${PRELUDE}\npredicates = [\n${sources.join(',\n')},\n]\n`;
  const globals = execFile(new Thread(), { name: 'fuzz.star', source, predeclared: new Map(), load: () => new Map() });
  const list = globals.get('predicates');
  return list instanceof StarlarkList ? list.items.filter((p) => p instanceof StarlarkFunction) : [];
}

interface Match {
  readonly where: boolean;
  readonly unless: boolean;
}

async function matches(store: FuzzStore, run: string, t: Exclude<Translation, { kind: 'none' }>): Promise<Match[]> {
  const unless = t.kind === 'prefilter' && t.unless !== null ? t.unless : { text: '0', params: {} };
  const params = Object.fromEntries(Object.entries({ ...t.where.params, ...unless.params }).map(([name, p]) => [name, p.value]));
  const sql = `SELECT toUInt8(${t.where.text}) AS w, toUInt8(${unless.text}) AS u FROM events WHERE run = {run:String} ORDER BY seq`;
  return (await store.query(sql, { ...params, run })).map((r) => ({ where: Number(r.w) === 1, unless: Number(r.u) === 1 }));
}

type Outcome = keyof FuzzResult['outcomes'];

function outcomeOf(predicate: StarlarkFunction, event: RowEvent): Outcome {
  try {
    return truth(call(new Thread(), predicate, [event])) ? 'truthy' : 'falsy';
  } catch (error) {
    if (error instanceof StarlarkError) return 'raised';
    throw error;
  }
}

function violation(outcome: Outcome, m: Match, exact: boolean): string | null {
  if (outcome !== 'falsy' && !m.where) return `lost a row that is ${outcome}`;
  if (!exact || m.unless) return null;
  if (outcome === 'raised') return 'called exact where it raises';
  return outcome === 'falsy' && m.where ? 'called exact but matched a falsy row' : null;
}

