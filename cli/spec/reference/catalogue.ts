import { specBuiltins } from '../builtins/index.ts';
import { SignedBuiltin, type Signature } from '../builtins/signature.ts';
import { stepsFor } from '../builtins/steps.ts';
import { protocols, type Protocol } from '../plan.ts';
import { Session } from '../session.ts';

/** Every builtin of specs in the order in which they are defined. */
export function builtinSignatures(): Signature[] {
  return [...specBuiltins(new Session()).values()].filter((value) => value instanceof SignedBuiltin).map((b) => b.signature);
}

/** The steps of each protocol. */
export function stepSignatures(): ReadonlyArray<readonly [Protocol, readonly Signature[]]> {
  return protocols.map((protocol) => {
    const steps = stepsFor(new Session(), 'service', { name: 'main', protocol, port: 1 });
    return [protocol, [...steps.values()].filter((b) => b instanceof SignedBuiltin).map((b) => b.signature)] as const;
  });
}
