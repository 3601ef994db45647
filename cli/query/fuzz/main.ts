import { parseArgs } from 'node:util';
import { withTestStore } from '../../../services/store/testing.ts';
import { dependsOn } from '../depends-on.ts';
import { translate } from '../translate.ts';
import { fuzz, noResult } from './fuzz.ts';
import { summary } from './summary.ts';

/** The long run: `npm run fuzz:query -- --rows 500 --predicates 400 --seeds 4 --first 1`. Ends with 1 when a translation was wrong. */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500' },
    predicates: { type: 'string', default: '400' },
    seeds: { type: 'string', default: '4' },
    first: { type: 'string', default: '1' },
  },
});
const number = (name: keyof typeof values): number => {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`--${name} takes a whole number above 0, not ${values[name]}\n`);
  process.exit(2);
};
const [rows, predicates, seeds, first] = [number('rows'), number('predicates'), number('seeds'), number('first')];
const result = noResult();
await withTestStore(async ({ client }) => {
  for (let seed = first; seed < first + seeds; seed++) {
    await fuzz(client, { seed, rows, predicates }, { translate, dependsOn }, result);
    const wrong = Object.values(result.faults).reduce((sum, count) => sum + count, 0);
    process.stderr.write(`seed ${seed}: ${result.checks.toLocaleString('en')} checks so far, ${wrong} wrong\n`);
  }
});
process.stdout.write(summary(result));
if (Object.values(result.faults).some((count) => count > 0)) process.exitCode = 1;
