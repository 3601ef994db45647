import { explanation } from '../../report/explanation.ts';
import { styleFor } from '../../report/style.ts';
import { openStore, storeLocation } from '../../../services/store/store.ts';
import { existsSync } from 'node:fs';
import { foldersOf } from '../folders.ts';
import { SpecError } from '../spec-error.ts';
import { explainedTests } from './explained.ts';

/** Prints the query behind each assertion of a run: what it asked, who decided, what it cost. The exit code. */
export async function explainCommand({
  run,
  test,
  store: where,
}: {
  run: string;
  test: string | undefined;
  store: string | undefined;
}): Promise<number> {
  const folders = foldersOf(process.cwd(), run);
  if (where === undefined && !existsSync(folders.store))
    throw new SpecError(null, `There is no store in ${folders.root}. Run a spec in this folder first.`);
  const store = await openStore(where === undefined ? { dir: folders.store } : storeLocation(where));
  try {
    const tests = await explainedTests(store.client, run, test);
    process.stdout.write(explanation(tests, styleFor(process.stdout)));
    return 0;
  } finally {
    await store.close();
  }
}
