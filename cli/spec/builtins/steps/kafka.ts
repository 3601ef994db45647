import { EvalError } from '../../../starlark/index.ts';
import { kafkaTopic } from '../../kafka-topic.ts';
import type { StepDefinition } from '../steps.ts';
import { stringDict } from '../string-dict.ts';
import { messageValue, valueParam } from './message-value.ts';

/** publish. */
export const kafkaSteps: readonly StepDefinition[] = [
  {
    signature: {
      name: 'publish',
      returns: 'result',
      doc: 'Publishes one message: data is {"partition": n, "offset": n}. The result has data, ok, error, duration_ms.',
      params: [
        { name: 'topic', type: 'string', required: true, doc: 'the topic' },
        valueParam,
        { name: 'key', type: 'string', keyword: true, doc: "the message's key; it chooses the partition" },
        { name: 'headers', type: 'dict', keyword: true, doc: 'header names to values' },
        { name: 'partition', type: 'int', keyword: true, doc: 'the partition; else by the key, else any' },
      ],
    },
    call: (args) => {
      const partition = args.int('partition');
      if (partition !== null && partition < 0) throw new EvalError(`publish(): a partition is 0 or more, got ${partition}`);
      return {
        protocol: 'kafka',
        topic: kafkaTopic(args.string('topic')!, 'publish()'),
        value: messageValue(args.any('value'), 'publish()'),
        key: args.string('key'),
        headers: stringDict(args, 'headers', 'publish()'),
        partition,
      };
    },
  },
];
