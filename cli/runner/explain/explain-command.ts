import { explanation } from '../../report/explanation.ts';
import { styleFor } from '../../report/style.ts';
import { openStore } from '../../../services/store/store.ts';
import { existsSync } from 'node:fs';
import { foldersOf } from '../folders.ts';
import { SpecError } from '../spec-error.ts';
import { explainedTests } from './explained.ts';

/** Prints the query behind each assertion of a run: what it asked, who decided, what it cost. The exit code. */
export async function explainCommand({ run, test }: { run: string; test: string | undefined }): Promise<number> {
  const folders = foldersOf(process.cwd(), run);
  if (!existsSync(folders.store)) throw new SpecError(null, `There is no store in ${folders.root}. Run a spec in this folder first.`);
  const store = await openStore({ dir: folders.store });
  try {
    const tests = await explainedTests(store.client, run, test);
    process.stdout.write(explanation(tests, styleFor(process.stdout)));
    return 0;
  } finally {
    await store.close();
  }
}
