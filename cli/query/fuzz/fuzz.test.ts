import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore } from '../../../services/store/testing.ts';
import { dependsOn } from '../depends-on.ts';
import { translate, type Translation } from '../translate.ts';
import { fuzz, type Subject } from './fuzz.ts';

const engine = existsSync(new URL('../../../native/build/engine', import.meta.url));
let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  if (engine) store = await openTestStore();
}, 60_000);
afterAll(async () => {
  if (engine) await store.close();
});

const subject: Subject = { translate, dependsOn };

test.skipIf(!engine)('random predicates: SQL loses no row, matches none wrongly, leaves out no type', { timeout: 120_000 }, async () => {
  const result = await fuzz(store.client, { seed: 11, rows: 100, predicates: 120 }, subject);
  expect(result.examples).toEqual([]);
  expect(result.faults).toEqual({ unsound: 0, inexact: 0, dependence: 0, refused: 0 });
  expect(result.kinds.exact).toBeGreaterThan(0);
  expect(result.decided).toBeGreaterThan(result.checks / 4);
  expect(result.narrowed).toBeGreaterThan(30);
});

/** Guards that a careless translation would leave out; without each the fuzzer must find lost or wrong rows. */
const GUARDS: Record<string, (sql: string) => string> = {
  'documents that SQL cannot read': (sql) => sql.replaceAll('NOT json_ok', '0'),
  'the type of JSON strings': (sql) => sql.replace(/JSONType\([^()]*\) = 'String'/g, '1'),
  'ints apart from floats': (sql) => sql.replaceAll("= 'Double'", "= 'Int64'"),
  'None in columns': (sql) => sql.replace(/NOT \(isNotNull\(`\w+`\)\)/g, '0'),
  'text beyond ASCII': (sql) => sql.replaceAll('lengthUTF8(', 'length('),
  'ints beyond 64 bits': (sql) => sql.replaceAll('toInt256(', 'toInt64('),
  'keys that are missing': (sql) => sql.replace(/NOT \(JSONHas\([^()]*\)\)/g, '0'),
  'division by zero, and what is not found': (sql) => sql.replace(/(?<!if\([^,]*) = 0/g, ' = 999'),
  'positions beyond the end': (sql) => sql.replace(/length\([^()]*(\([^()]*\))?[^()]*\) (<=?) -?\d+/g, '0'),
};

for (const [i, [name, remove]] of Object.entries(GUARDS).entries()) {
  test.skipIf(!engine)(`the fuzzer notices a missing guard: ${name}`, { timeout: 120_000 }, async () => {
    const careless: Subject = { translate: (p) => without(translate(p), remove), dependsOn };
    expect(await firstFault(careless, 100 + i)).not.toBeNull();
  });
}

test.skipIf(!engine)('the fuzzer notices types that a match can have and that are left out', { timeout: 120_000 }, async () => {
  const careless: Subject = { translate, dependsOn: (p) => ({ ...dependsOn(p), types: dependsOn(p).types?.slice(1) ?? null }) };
  expect(await firstFault(careless, 90)).toBe('dependence');
});

/** Tries until something is found wrong, but not for ever. */
async function firstFault(careless: Subject, seed: number): Promise<string | null> {
  for (let round = 0; round < 12; round++) {
    const { faults } = await fuzz(store.client, { seed: seed * 100 + round, rows: 60, predicates: 40 }, careless);
    const found = Object.entries(faults).find(([, count]) => count > 0);
    if (found) return found[0];
  }
  return null;
}

function without(t: Translation, remove: (sql: string) => string): Translation {
  if (t.kind === 'none') return t;
  const bare = { ...t, where: { ...t.where, text: remove(t.where.text) } };
  return bare.kind === 'prefilter' ? { ...bare, unless: { ...bare.unless, text: remove(bare.unless.text) } } : bare;
}
