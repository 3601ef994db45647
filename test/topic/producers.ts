/** Eight producers at once, in batches of one to three messages over three partitions: `producers.ts ADDRESS TOPIC MESSAGES BYTES`. */
import { Kafka, Partitioners } from 'kafkajs';

const [address, topic, messages, bytes] = process.argv.slice(2) as [string, string, string, string];
const kafka = new Kafka({ brokers: [address], logCreator: () => () => {}, retry: { initialRetryTime: 20, retries: 50 } });

async function produce(name: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let n = 0; n < Number(messages);) {
    const count = Math.min(1 + ((name + n) % 3), Number(messages) - n);
    const value = (i: number) => JSON.stringify({ producer: name, n: i, padding: 'x'.repeat(Number(bytes)) });
    await producer.send({ topic, messages: Array.from({ length: count }, (_, i) => ({ value: value(n + i), partition: (name + n) % 3 })) });
    n += count;
  }
  await producer.disconnect();
}

await Promise.all(Array.from({ length: 8 }, (_, i) => produce(i)));
console.log('done');
