/** Prints what Vitest's JSON report counted, each skipped test with its name, and the closing line. */
import { readFileSync } from 'node:fs';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: ReadonlyArray<{
    readonly status: string;
    readonly name: string;
    readonly assertionResults: ReadonlyArray<{ readonly status: string; readonly fullName: string }>;
  }>;
}

const report = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Report;
const skipped = report.testResults.flatMap((file) =>
  file.assertionResults.filter((t) => t.status !== 'passed' && t.status !== 'failed').map((t) => t.fullName),
);
/** Files that failed as a whole, before any test of theirs could. */
const brokenFiles = report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.every((t) => t.status !== 'failed'));
for (const name of skipped) console.log(`skipped: ${name}`);
for (const file of brokenFiles) console.log(`failed as a whole: ${file.name}`);
const failed = report.numFailedTests + brokenFiles.length;
const line = `${report.numPassedTests} passed, ${failed} failed`;
console.log(skipped.length > 0 ? `${line}, ${skipped.length} skipped` : line);
process.exit(failed > 0 || report.numPassedTests === 0 ? 1 : 0);
