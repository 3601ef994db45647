import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore } from '../../../services/store/testing.ts';
import { translate, type Translation } from '../translate.ts';
import { fuzz } from './fuzz.ts';

const engine = existsSync(new URL('../../../native/build/engine', import.meta.url));
let store: Awaited<ReturnType<typeof openTestStore>>;

beforeAll(async () => {
  if (engine) store = await openTestStore();
}, 60_000);
afterAll(async () => {
  if (engine) await store.close();
});

test.skipIf(!engine)('random predicates: SQL loses no row and matches none wrongly', { timeout: 120_000 }, async () => {
  const result = await fuzz(store.client, { seed: 11, rows: 150, predicates: 150 }, translate);
  expect(result.violations).toEqual([]);
  expect(result.kinds.exact).toBeGreaterThan(0);
  expect(result.conditional).toBeGreaterThan(30);
});

/** Guards that a careless translation would leave out; without each the fuzzer must find lost or wrong rows. */
const GUARDS: Record<string, (sql: string) => string> = {
  'documents that SQL cannot read': (sql) => sql.replaceAll('NOT json_ok', '0'),
  'the type of JSON strings': (sql) => sql.replace(/JSONType\([^()]*\) = 'String'/g, '1'),
  'ints apart from floats': (sql) => sql.replaceAll("= 'Double'", "= 'Int64'"),
  'None in columns': (sql) => sql.replace(/NOT \(isNotNull\(`\w+`\)\)/g, '0'),
  'text beyond ASCII': (sql) => sql.replaceAll('lengthUTF8(', 'length('),
};

for (const [name, remove] of Object.entries(GUARDS)) {
  test.skipIf(!engine)(`the fuzzer notices a missing guard: ${name}`, { timeout: 120_000 }, async () => {
    const seed = 100 + Object.keys(GUARDS).indexOf(name);
    const result = await fuzz(store.client, { seed, rows: 150, predicates: 120 }, (p) => without(translate(p), remove));
    expect(result.violationCount).toBeGreaterThan(0);
  });
}

function without(t: Translation, remove: (sql: string) => string): Translation {
  return t.kind === 'none' ? t : { ...t, where: { ...t.where, text: remove(t.where.text) } };
}
