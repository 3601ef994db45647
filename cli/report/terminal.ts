import { basename } from 'node:path';
import type { RunResult, TestResult } from '../runner/result.ts';
import { failureText, type SourceLine } from './failure.ts';
import type { Style } from './style.ts';
import { summary } from './summary.ts';
import { testLine } from './test-line.ts';
import { counted, indent } from './text.ts';

/** The report that people read, written as a run goes. */
export class TerminalReport {
  readonly #out: (text: string) => void;
  readonly #style: Style;

  constructor(out: (text: string) => void, style: Style) {
    this.#out = out;
    this.#style = style;
  }

  begin(spec: string, tests: number, services: readonly string[], seed: number): void {
    const parts = [basename(spec), counted(tests, 'test'), services.join(', '), `seed ${seed.toString(16)}`].filter((p) => p !== '');
    this.#out(`\n  ${parts.join(' · ')}\n\n`);
  }

  test(test: TestResult): void {
    this.#out(`${testLine(test, this.#style)}\n`);
    for (const text of test.prints) this.#out(`${this.#style.faint(indent(text, 8))}\n`);
  }

  end(run: RunResult, source: SourceLine, strict = false): void {
    for (const test of run.tests) if (test.verdict !== 'passed') this.#out(`\n${failureText(test, source, this.#style)}`);
    this.#out(`\n${summary(run, strict)}\n`);
  }
}
