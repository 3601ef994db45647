import { jsonModule, structBuiltin, type Value } from '../../starlark/index.ts';
import type { Session } from '../session.ts';
import { assertionBuiltins } from './assertions.ts';
import { decoderBuiltins } from './decoders.ts';
import { faultBuiltins } from './faults.ts';
import { monitorBuiltins } from './monitors.ts';
import { scenarioBuiltins } from './scenarios.ts';
import { sourceBuiltins } from './sources.ts';
import { topologyBuiltins } from './topology.ts';

/** Every name that specs have beside the language's own. */
export function specBuiltins(session: Session): Map<string, Value> {
  const all = [
    ...topologyBuiltins(session),
    ...decoderBuiltins(),
    ...sourceBuiltins(),
    ...faultBuiltins(session),
    ...scenarioBuiltins(session),
    ...monitorBuiltins(session),
    ...assertionBuiltins(session),
  ];
  return new Map<string, Value>([...all.map((b) => [b.name, b] as const), ['json', jsonModule], ['struct', structBuiltin]]);
}
