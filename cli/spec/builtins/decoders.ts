import type { Builtin } from '../../starlark/index.ts';
import type { DecoderPlan } from '../plan.ts';
import { PlainValue } from '../values/plain-value.ts';
import { builtin, type Signature } from './signature.ts';

const decoderParam = { name: 'decoder', type: { host: 'decoder' }, doc: 'json_decoder(), logfmt_decoder() or regex_decoder(…); without one, JSON objects are decoded and other lines become msg' } as const;

function stream(name: 'stdout' | 'stderr'): Builtin {
  const signature: Signature = { name, returns: 'event source', doc: `Observes what a service writes to ${name}, a line an event.`, params: [decoderParam] };
  return builtin(signature, (args) => new PlainValue('event source', { stream: name, decoder: args.host<PlainValue<DecoderPlan>>('decoder')?.plan ?? { kind: 'default' } }));
}

function simple(name: string, kind: 'json' | 'logfmt', doc: string): Builtin {
  return builtin({ name, returns: 'decoder', doc, params: [] }, () => new PlainValue<DecoderPlan>('decoder', { kind }));
}

/** stdout, stderr and the decoders of lines. */
export function decoderBuiltins(): Builtin[] {
  return [
    stream('stdout'),
    stream('stderr'),
    simple('json_decoder', 'json', 'Each line is a JSON object.'),
    simple('logfmt_decoder', 'logfmt', 'Each line is key=value pairs.'),
    builtin({
      name: 'regex_decoder', returns: 'decoder', doc: 'Each line is matched by an RE2 pattern; its named groups become the data.',
      params: [{ name: 'pattern', type: 'string', required: true, doc: 'RE2, with (?P<name>…) groups' }],
    }, (args) => new PlainValue<DecoderPlan>('decoder', { kind: 'regex', pattern: args.string('pattern')! })),
  ];
}
