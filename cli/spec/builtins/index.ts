import type { Builtin } from '../../starlark/index.ts';
import type { Session } from '../session.ts';
import { assertionBuiltins } from './assertions.ts';
import { decoderBuiltins } from './decoders.ts';
import { faultBuiltins } from './faults.ts';
import { topologyBuiltins } from './topology.ts';

/** Every builtin of specs, by name. */
export function specBuiltins(session: Session): Map<string, Builtin> {
  const all = [...topologyBuiltins(session), ...decoderBuiltins(), ...faultBuiltins(session), ...assertionBuiltins(session)];
  return new Map(all.map((b) => [b.name, b]));
}
