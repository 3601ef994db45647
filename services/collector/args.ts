import { parseArgs } from 'node:util';

/** What the runner tells every collector when it starts it. */
export interface CollectorArgs {
  readonly run: string;
  /** Folder of the run on the embedded bus. */
  readonly bus: string;
}

/** Reads `--run R --bus DIR`. */
export function collectorArgs(): CollectorArgs {
  const { values } = parseArgs({ options: { run: { type: 'string' }, bus: { type: 'string' } } });
  if (values.run === undefined || values.bus === undefined) {
    console.error('A collector is started by faultbox itself, with --run and --bus.');
    process.exit(2);
  }
  return { run: values.run, bus: values.bus };
}
