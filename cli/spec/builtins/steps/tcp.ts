import type { StepDefinition } from '../steps.ts';

/** send. */
export const tcpSteps: readonly StepDefinition[] = [
  {
    signature: {
      name: 'send',
      returns: 'string',
      doc: 'Sends one line on a connection of its own and returns the line that is answered.',
      params: [{ name: 'data', type: 'string', required: true, doc: 'the line' }],
    },
    call: (args) => ({ protocol: 'tcp', text: args.string('data')! }),
  },
];
