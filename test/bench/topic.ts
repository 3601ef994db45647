/** What a message costs from Kafka to the bus and to a stored row, against kafkajs' and Kafka's own consumer; how late it is. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { brokerClassPath } from '../../infra/kafka/jvm.ts';
import { TestBroker } from '../../services/collector-topic/testing/broker.ts';
import { TestCollector } from '../../services/collector-topic/testing/collector.ts';
import { judged_ms, storedRun } from './stored-run.ts';
import { p99, printTable, ratios, spread, spreadText } from './table.ts';

const messages = 200_000;
const batch = 1000;
const runs = 3;
const singles = 200;
const pause_ms = 5;

const broker = await TestBroker.start();
const producer = await broker.producer();

async function fill(topic: string): Promise<void> {
  for (let i = 0; i < messages; i += batch) {
    await producer.send({
      topic,
      messages: Array.from({ length: batch }, (_, k) => ({ value: JSON.stringify({ id: i + k, item: 'x'.repeat(170) }) })),
    });
  }
}

/** Messages a second from the moment that the collector goes on until a barrier proves them on the bus. It sleeps while the topic is filled. */
async function collect(topic: string): Promise<{ rate: number; peak_mib: number }> {
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
  const peak_mib = Number(/VmHWM:\s+([0-9]+)/.exec(readFileSync(`/proc/${collector.process.pid}/status`, 'utf8'))![1]) / 1024;
  await collector.end();
  return { rate: messages / seconds, peak_mib };
}

/** Messages a second that kafkajs' own consumer counts, from the first to the last. */
async function consume(topic: string): Promise<number> {
  const consumer = broker.kafka.consumer({ groupId: topic });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let [began, count] = [0, 0];
  await new Promise<void>(
    (resolve) =>
      void consumer.run({
        eachBatch: async ({ batch: { messages: got } }) => {
          began ||= performance.now();
          if ((count += got.length) >= messages) resolve();
        },
      }),
  );
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

/** Messages a second that Kafka's own consumer counts. */
function consumeInJava(topic: string): number {
  const args = ['-cp', brokerClassPath(), join(import.meta.dirname, 'CountMessages.java'), String(broker.port), topic, String(messages)];
  return Number(execFileSync('java', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
}

/** A service that fills a topic when a line comes, and answers when all is acknowledged. */
const filler = `#!/bin/sh
exec ${process.execPath} --disable-warning=TimeoutNegativeWarning -e '
const { Kafka, Partitioners } = require("${join(packageRoot, 'node_modules', 'kafkajs')}");
const producer = new Kafka({ brokers: [process.env.KAFKA], logLevel: 0 }).producer({ createPartitioner: Partitioners.DefaultPartitioner });
require("net").createServer((socket) => socket.once("data", async () => {
  await producer.connect();
  for (let i = 0; i < ${messages}; i += ${batch}) {
    const messages = Array.from({ length: ${batch} }, (_, k) => ({ value: JSON.stringify({ id: i + k, item: "x".repeat(170) }) }));
    await producer.send({ topic: "orders", messages });
  }
  socket.end("filled");
})).listen(7000, "127.0.0.1");'
`;
const kafka = `kafka = service("kafka", "services/kafka.sh", interface("main", "kafka", 9092), args = ["9092"],
    healthcheck = ready(timeout = "60s"), observe = [topic("orders")])
`;

/** Of a whole run, messages a second: as its service produced them, and from the first send to stored rows that were asserted on. */
async function store(): Promise<{ produced: number; stored: number }> {
  const { steps, events } = await storedRun(
    `${kafka}
filler = service("filler", "filler.sh", interface("main", "tcp", 7000), env = {"KAFKA": kafka.main.addr}, depends_on = [kafka])
def test_filled():
    filler.send("go", timeout = "5m")
    assert_never(where = lambda e: e.type == "topic" and e.key == "none")
    kafka.publish("orders", "end")
`,
    { 'filler.sh': filler },
  );
  const filled_ms = (steps[0]!.received - steps[0]!.sent) / 1e6;
  return { produced: (messages / filled_ms) * 1000, stored: (events.get('topic')! / (filled_ms + judged_ms(steps)[0]!)) * 1000 };
}

/** ms from the acknowledgement of a message until an assertion has found its stored row. */
async function storedLatencies(): Promise<number[]> {
  const { steps } = await storedRun(`${kafka}
def test_singles():
    for i in range(${singles}):
        kafka.publish("orders", {"id": i})
        assert_eventually(where = lambda e: e.type == "topic" and e.data["id"] == i)
    kafka.publish("orders", {"id": -1})
`);
  return judged_ms(steps);
}

const ours: number[] = [];
const peaks_mib: number[] = [];
const java: number[] = [];
const produced: number[] = [];
const stored: number[] = [];
const kafkajs: number[] = [];
for (let i = 0; i < runs; i++) {
  await broker.topic(`bench${i}`);
  const collected = await collect(`bench${i}`);
  ours.push(collected.rate);
  peaks_mib.push(collected.peak_mib);
  kafkajs.push(await consume(`bench${i}`));
  java.push(consumeInJava(`bench${i}`));
  const run = await store();
  produced.push(run.produced);
  stored.push(run.stored);
}
const late = await latencies();
const storedLate = await storedLatencies();
await broker.stop();
printTable(
  `Kafka messages of 200 bytes of JSON (${runs} runs of ${messages}, in turn), median [min..max]`,
  ['', 'measured'],
  [
    ['kafkajs consumer, counting only, messages/s', spreadText(spread(kafkajs))],
    ['collector-topic to the bus, decoded and proven, messages/s', spreadText(spread(ours))],
    ["Kafka's own consumer in Java, counting only, messages/s", spreadText(spread(java))],
    ["of the rate of Kafka's own consumer: kafkajs, collector to the bus", ratios(java, kafkajs, ours)],
    ['a run: its service produces, messages/s', spreadText(spread(produced))],
    ['a run: first send to stored rows that were asserted on, messages/s', spreadText(spread(stored))],
    ['of the rate at which they were produced', ratios(produced, stored)],
    ['peak memory of the collector, MiB', spreadText(spread(peaks_mib))],
    ['timestamp to event, ms (a timestamp counts whole ms)', spreadText(spread(late), 1)],
    ['the same, p99', p99(late).toFixed(1)],
    ['a run: acknowledgement to the assertion that found its stored row, ms', spreadText(spread(storedLate), 1)],
    ['the same, p99', p99(storedLate).toFixed(1)],
  ],
);
