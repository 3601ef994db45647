import { natsSubject } from '../../nats-subject.ts';
import type { Param } from '../signature.ts';
import type { StepDefinition } from '../steps.ts';
import { messageValue, valueParam } from './message-value.ts';

const params: readonly Param[] = [{ name: 'subject', type: 'string', required: true, doc: 'the subject' }, valueParam];

const sends =
  (owner: string): StepDefinition['call'] =>
  (args) => ({
    protocol: 'nats',
    subject: natsSubject(args.string('subject')!, owner, false),
    value: messageValue(args.any('value'), owner),
  });

/** publish, request. */
export const natsSteps: readonly StepDefinition[] = [
  {
    signature: {
      name: 'publish',
      returns: 'result',
      doc: 'Publishes one message and waits until the server has it. The result has data (None), ok, error, duration_ms.',
      params,
    },
    call: sends('publish()'),
  },
  {
    signature: {
      name: 'request',
      returns: 'result',
      doc: 'Sends a request and returns the reply: data is the decoded JSON, or the text. The result has data, ok, error, duration_ms.',
      params,
    },
    call: sends('request()'),
  },
];
