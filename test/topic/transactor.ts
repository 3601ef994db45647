/** Sends one message in a transaction that is rolled back and one in a transaction that is committed: `transactor.ts ADDRESS TOPIC`. */
import { Kafka, Partitioners } from 'kafkajs';

const [address, topic] = process.argv.slice(2) as [string, string];
const kafka = new Kafka({ brokers: [address], logCreator: () => () => {}, retry: { initialRetryTime: 20, retries: 50 } });
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  transactionalId: 'transactor',
  idempotent: true,
  maxInFlightRequests: 1,
});
await producer.connect();
for (const end of ['abort', 'commit'] as const) {
  const transaction = await producer.transaction();
  await transaction.send({
    topic,
    messages: [{ value: JSON.stringify({ end }), headers: { many: ['1', '2'], bytes: Buffer.from([255]) } }],
  });
  console.log(JSON.stringify({ msg: end }));
  await transaction[end]();
}
await producer.disconnect();
console.log(JSON.stringify({ msg: 'done' }));
