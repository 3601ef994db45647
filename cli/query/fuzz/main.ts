import { parseArgs } from 'node:util';
import { withTestStore } from '../../../services/store/testing.ts';
import { translate } from '../translate.ts';
import { fuzz } from './fuzz.ts';

/** The long run: `node main.ts --rows 500 --predicates 400 --seeds 4 --first 1`. Ends with 1 when a translation was wrong. */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '500' },
    predicates: { type: 'string', default: '400' },
    seeds: { type: 'string', default: '4' },
    first: { type: 'string', default: '1' },
  },
});

await withTestStore(async ({ client }) => {
  for (let i = 0; i < Number(values.seeds); i++) {
    const seed = Number(values.first) + i;
    const result = await fuzz(client, { seed, rows: Number(values.rows), predicates: Number(values.predicates) }, translate);
    process.stdout.write(
      `seed ${seed}: ${JSON.stringify({ ...result, violations: undefined })}\n${result.violations.map((v) => `${v}\n`).join('')}`,
    );
    if (result.violationCount > 0) process.exitCode = 1;
  }
});
