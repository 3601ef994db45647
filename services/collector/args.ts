import { parseArgs } from 'node:util';
import { busLocation, type BusLocation } from '../bus/location.ts';

/** What the runner tells every collector when it starts it. */
export interface CollectorArgs {
  readonly run: string;
  readonly bus: BusLocation;
}

/** Reads `--run R --bus LOCATION`. */
export function collectorArgs(): CollectorArgs {
  const { values } = parseArgs({ options: { run: { type: 'string' }, bus: { type: 'string' } } });
  if (values.run === undefined || values.bus === undefined) {
    console.error('A collector is started by faultbox itself, with --run and --bus.');
    process.exit(2);
  }
  return { run: values.run, bus: busLocation(values.bus) };
}
