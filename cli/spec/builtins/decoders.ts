import { EvalError, type Builtin } from '../../starlark/index.ts';
import type { DecoderPlan, PayloadDecoderPlan } from '../plan.ts';
import { PlainValue } from '../values/plain-value.ts';
import { builtin, type Signature } from './signature.ts';
import { observedStream } from './sources.ts';

const decoderParam = {
  name: 'decoder',
  type: { host: 'decoder' },
  doc: 'json_decoder(), logfmt_decoder() or regex_decoder(…); without one, JSON objects are decoded and other lines become msg',
} as const;

function stream(name: 'stdout' | 'stderr'): Builtin {
  const signature: Signature = {
    name,
    returns: 'event source',
    doc: `Observes what a service writes to ${name}, a line an event.`,
    params: [decoderParam],
  };
  return builtin(signature, (args) =>
    observedStream(name, lineDecoder(name, args.host<PlainValue<PayloadDecoderPlan>>('decoder')?.plan ?? { kind: 'default' })),
  );
}

function simple(name: string, kind: 'json' | 'logfmt' | 'text' | 'bytes', doc: string): Builtin {
  return builtin({ name, returns: 'decoder', doc, params: [] }, () => new PlainValue<PayloadDecoderPlan>('decoder', { kind }));
}

function lineDecoder(stream: string, plan: PayloadDecoderPlan): DecoderPlan {
  if (plan.kind === 'avro' || plan.kind === 'text' || plan.kind === 'bytes')
    throw new EvalError(
      `${stream}(): ${plan.kind}_decoder() is for messages of a topic; lines take json_decoder(), logfmt_decoder() or regex_decoder(…)`,
    );
  return plan;
}

/** A spec is on record: no password may stand in it. */
function registryAddress(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new EvalError(
      `avro_decoder(): registry: ${JSON.stringify(text.replace(/:\/\/[^@/]*@/, '://…@'))} is no address such as "http://localhost:8081"`,
    );
  if (new URL(text).password !== '')
    throw new EvalError('avro_decoder(): registry: a password has no place in a spec; it is read from FAULTBOX_REGISTRY_PASSWORD');
  return text;
}

/** stdout, stderr and the decoders of lines and messages. */
export function decoderBuiltins(): Builtin[] {
  return [
    stream('stdout'),
    stream('stderr'),
    simple('json_decoder', 'json', 'Each line or message is a JSON object.'),
    simple('logfmt_decoder', 'logfmt', 'Each line or message is key=value pairs.'),
    builtin(
      {
        name: 'regex_decoder',
        returns: 'decoder',
        doc: 'Each line or message is matched by an RE2 pattern; its named groups become the data.',
        params: [{ name: 'pattern', type: 'string', required: true, doc: 'RE2, with (?P<name>…) groups' }],
      },
      (args) => new PlainValue<DecoderPlan>('decoder', { kind: 'regex', pattern: args.string('pattern')! }),
    ),
    simple('text_decoder', 'text', 'Each message is a text: its data has value.'),
    simple('bytes_decoder', 'bytes', 'Each message is left as it is: its data has value, in base64.'),
    builtin(
      {
        name: 'avro_decoder',
        returns: 'decoder',
        doc: 'Each message is Avro in the wire format of a schema registry.',
        params: [
          {
            name: 'registry',
            type: 'string',
            required: true,
            doc: 'address of the registry: "http://localhost:8081"; with a login "https://user@host", the password in FAULTBOX_REGISTRY_PASSWORD',
          },
        ],
      },
      (args) => new PlainValue<PayloadDecoderPlan>('decoder', { kind: 'avro', registry: registryAddress(args.string('registry')!) }),
    ),
  ];
}
