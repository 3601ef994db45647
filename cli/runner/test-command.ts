import { randomInt } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { busLocation } from '../../services/bus/location.ts';
import { storeLocation } from '../../services/store/store.ts';
import { exportTrace } from '../export/trace-file.ts';
import { exportShiviz } from '../export/shiviz-file.ts';
import { sourceLines } from '../report/source-lines.ts';
import { styleFor } from '../report/style.ts';
import { exitCode } from '../report/summary.ts';
import { TerminalReport } from '../report/terminal.ts';
import { parseDuration } from '../spec/duration.ts';
import { interruptedCode, interrupter } from './interruption.ts';
import type { RunResult } from './result.ts';
import { runSpec, type RunObserver } from './run.ts';
import { selectTests } from './select-tests.ts';
import { specFiles } from './spec-files.ts';
import { SpecError } from './spec-error.ts';

/** The flags of `faultbox test`. */
export interface TestFlags {
  readonly test: readonly string[];
  readonly output?: string | undefined;
  readonly shiviz?: string | undefined;
  readonly shivizAll: boolean;
  readonly runs: number;
  readonly seed?: number | undefined;
  readonly deadline: string;
  readonly maxOutput: number;
  readonly strict: boolean;
  readonly store?: string | undefined;
  readonly bus?: string | undefined;
}

const maxOutputBytes = 256 << 20;

/** Runs specs one after another and reports; the exit code of DESIGN §10. Ctrl-C and SIGTERM end the test in flight first, a second one the process. */
export async function testCommand({ specs, flags }: { specs: readonly string[]; flags: TestFlags }): Promise<number> {
  const cwd = process.cwd();
  const files = specFiles(specs, cwd);
  if (files.length > 1 && (flags.output !== undefined || flags.shiviz !== undefined))
    throw new SpecError(null, '--output and --shiviz write the trace of one spec: name a single spec file.');
  const deadline_ms = parseDuration(flags.deadline);
  if (deadline_ms === null) throw new SpecError(null, `--deadline: "${flags.deadline}" is no duration. Write 500ms, 5s or 1m.`);
  const location = flags.store === undefined ? null : storeLocation(flags.store);
  const bus = flags.bus === undefined ? null : busLocation(flags.bus);
  const seed = flags.seed ?? randomInt(0xffff_ffff);
  const stop = new AbortController();
  const onSignal = interrupter(stop);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const results: RunResult[] = [];
  for (const spec of files) {
    if (stop.signal.aborted) break;
    const report = new TerminalReport((text) => void process.stdout.write(text), styleFor(process.stdout));
    const observer = observe(report, seed, relative(cwd, spec));
    const settings = {
      cwd,
      spec,
      store: location,
      bus,
      seed,
      deadline_ms,
      runs: flags.runs,
      maxOutput: { lines: flags.maxOutput, bytes: maxOutputBytes },
      select: selectTests(flags.test),
    };
    const { result, plan, store } = await runSpec(settings, observer, stop.signal);
    report.end(result, sourceLines(plan.files), flags.strict);
    if (flags.output !== undefined) await exportTrace(store.client, result, resolve(cwd, flags.output));
    if (flags.shiviz !== undefined) await exportShiviz(store.client, result, resolve(cwd, flags.shiviz), flags.shivizAll);
    await store.close();
    results.push(result);
  }
  return stop.signal.aborted ? interruptedCode : exitCode(results, flags.strict);
}

/** Reports tests as they end; on a terminal it also shows what is running. */
function observe(report: TerminalReport, seed: number, spec: string): RunObserver {
  const live = process.stderr.isTTY === true;
  const clear = () => void (live && process.stderr.write('\r\x1b[K'));
  return {
    begin: (plan, tests) =>
      report.begin(
        spec,
        tests.length,
        plan.services.map((s) => s.name),
        seed,
      ),
    running: (test) => void (live && process.stderr.write(`\r\x1b[K    … ${test}`)),
    test: (result) => {
      clear();
      report.test(result);
    },
    warning: (text) => void process.stderr.write(`${text}\n`),
  };
}
