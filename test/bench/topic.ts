/** What a message costs from Kafka to the bus, against kafkajs' own consumer on the same data; how late it is. */
import { TestBroker } from '../../services/collector-topic/testing/broker.ts';
import { TestCollector } from '../../services/collector-topic/testing/collector.ts';
import { printTable, spread, spreadText } from './table.ts';

const messages = 200_000;
const batch = 1000;
const runs = 3;
const singles = 200;
const pause_ms = 5;

const broker = await TestBroker.start();
const producer = await broker.producer();

async function fill(topic: string): Promise<void> {
  for (let i = 0; i < messages; i += batch) {
    await producer.send({ topic, messages: Array.from({ length: batch }, (_, k) => ({ value: JSON.stringify({ id: i + k, item: 'x'.repeat(170) }) })) });
  }
}

/** Messages a second from the moment that the collector goes on until a barrier proves them on the bus. It sleeps while the topic is filled. */
async function collect(topic: string): Promise<number> {
  const collector = new TestCollector();
  await collector.attach(broker.port, topic);
  collector.process.kill('SIGSTOP');
  await fill(topic);
  const began = performance.now();
  collector.process.kill('SIGCONT');
  const barrier = await collector.askBarrier({ within_ms: 120_000 });
  const seconds = (performance.now() - began) / 1000;
  const { type, position } = collector.records().find((r) => r.barrier === barrier)!;
  if (type !== 'complete' || Number(position) !== messages) throw new Error(`${type} at ${position}`);
  await collector.end();
  return messages / seconds;
}

/** Messages a second that kafkajs' own consumer counts, from the first to the last. */
async function consume(topic: string): Promise<number> {
  const consumer = broker.kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [began, count] = [0, 0];
  await new Promise<void>((resolve) => void consumer.run({ eachBatch: async ({ batch: { messages: got } }) => {
    began ||= performance.now();
    if ((count += got.length) >= messages) resolve();
  } }));
  const seconds = (performance.now() - began) / 1000;
  await consumer.disconnect();
  return messages / seconds;
}

/** ms from a message's timestamp to its reading, one message at a time. */
async function latencies(): Promise<number[]> {
  await broker.topic('singles');
  const collector = new TestCollector();
  await collector.attach(broker.port, 'singles');
  const epoch_ms = Date.now() - Number(process.hrtime.bigint()) / 1e6;
  for (let i = 0; i < singles; i++) {
    await producer.send({ topic: 'singles', messages: [{ value: String(i), timestamp: String(Date.now()) }] });
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  await collector.barrier();
  const late = collector.events().map((e) => epoch_ms + Number(e.at_ns) / 1e6 - Number(e.timestamp_ms));
  await collector.end();
  return late;
}

const ours: number[] = [];
const kafkajs: number[] = [];
for (let i = 0; i < runs; i++) {
  await broker.topic(`bench${i}`);
  ours.push(await collect(`bench${i}`));
  kafkajs.push(await consume(`bench${i}`));
}
const late = await latencies();
await broker.stop();
printTable(`Kafka messages of 200 bytes of JSON (${runs} runs of ${messages}, in turn), median [min..max]`, ['', 'measured'], [
  ['kafkajs consumer, counting only, messages/s', spreadText(spread(kafkajs))],
  ['collector-topic to the bus, decoded and proven, messages/s', spreadText(spread(ours))],
  ['timestamp to event, ms (a timestamp counts whole ms)', spreadText(spread(late), 1)],
]);
