import { join } from 'node:path';
import { pair, root, type Trace, type TraceEvent } from '../faultbox.ts';

/** One source of a workload and the numbers that stand in its events, which are 1, 2, … when each event is there once. */
export interface Content {
  readonly source: string;
  numbers(events: readonly TraceEvent[]): number[];
}

/** A test of known content, over and over in one run. */
export interface Workload {
  /** Services, and `test_work`. */
  readonly spec: string;
  /** Each step of the test makes one event in each of the contents. */
  readonly steps: number;
  readonly contents: readonly Content[];
  /** In the command line of the service that is observed. */
  readonly service: RegExp;
  /** About how long a test takes for its steps. */
  readonly works_ms: number;
}

const services = join(root, 'examples', 'services');

/** A service that has a line in its journal, below the run's folder of temporary files, as soon as a test is at work. */
const marker = `
marker = service("marker", "bin/linux/mock-db", interface("main", "tcp", 7000), env = {"PORT": "7000"},
    healthcheck = tcp("localhost:7000"))`;

/**
 * `steps` times a step with `i` from 1 on, until one fails; then what each source is asked: nothing of it is missing, and what never came
 * did not.
 */
const work = (steps: number, step: string, asked: ReadonlyArray<readonly [filters: string, never: string]>): string => `
${marker}
def test_work():
    marker.send("SET at work")
    for i in range(1, ${steps + 1}):
        if not ${step}.ok:
            break
${asked
  .map(
    ([filters, never]) => `
    assert_eq(len(events(${filters})), ${steps})
    assert_never(where = lambda e: ${never})`,
  )
  .join('')}
`;

/** The numbers that the events of a kind stand for. */
const numbersOf = (of: (e: TraceEvent) => boolean, number: (e: TraceEvent) => number) => (events: readonly TraceEvent[]) =>
  events.filter(of).map(number);

/** mock-db behind mock-api: a line and a write for each request, which grow by a byte each time. */
export const keyValue: Workload = {
  spec:
    pair +
    work(80, 'api.post("/data/k", body = "x" * i)', [
      ['type = "stdout", service = "db", op = "SET"', 'e.type == "stdout" and e.service == "db" and e.data.get("op") == "DEL"'],
      ['type = "syscall", service = "db", syscall = "write", path = "*/db/mock-db.journal"', 'e.service == "db" and e.syscall == "rename"'],
    ]),
  steps: 80,
  contents: [
    {
      source: 'stdout/db',
      numbers: numbersOf(
        (e) => e.type === 'stdout' && e.service === 'db' && e.data['op'] === 'SET',
        (e) => String(e.data['msg']).length - 'SET k '.length,
      ),
    },
    {
      source: 'syscall/db',
      numbers: numbersOf(
        (e) => e.syscall === 'write' && e.service === 'db' && e.path?.endsWith('/mock-db.journal') === true,
        (e) => e.ret! - 'k=\n'.length,
      ),
    },
  ],
  service: /bin\/linux\/mock-db/,
  works_ms: 300,
};

/** Rows of PostgreSQL. */
export const rows: Workload = {
  spec: `
pg = service("postgres", "${services}/postgres.sh", interface("main", "postgres", 5432), args = ["5432"],
    healthcheck = ready(), observe = [wal_stream(tables = ["t"])])
${work(40, 'pg.exec("CREATE TABLE IF NOT EXISTS t (n int PRIMARY KEY); INSERT INTO t VALUES (%d)" % i)', [
  ['type = "wal"', 'e.type == "wal" and e.data["new"]["n"] == 0'],
])}`,
  steps: 40,
  contents: [
    {
      source: 'wal/postgres',
      numbers: numbersOf(
        (e) => e.type === 'wal',
        (e) => (e.data['new'] as { n: number }).n,
      ),
    },
  ],
  service: /\/postgres -D/,
  works_ms: 500,
};

/** Messages of a subject of NATS. */
export const subject: Workload = {
  spec: `
nats = service("nats", "nats-server", interface("main", "nats", 4222), args = ["-a", "127.0.0.1", "-p", "4222"],
    healthcheck = ready(), observe = [topic("numbers")])
${work(60, 'nats.publish("numbers", {"n": i})', [['type = "topic"', 'e.type == "topic" and e.data["n"] == 0']])}`,
  steps: 60,
  contents: [
    {
      source: 'topic/nats/numbers',
      numbers: numbersOf(
        (e) => e.type === 'topic',
        (e) => e.data['n'] as number,
      ),
    },
  ],
  service: /nats-server -a/,
  works_ms: 300,
};

/** Messages of a topic of Kafka. */
export const messages: Workload = {
  spec: `
kafka = service("kafka", "${services}/kafka.sh", interface("main", "kafka", 9092), args = ["9092"],
    healthcheck = ready(timeout = "60s"), observe = [topic("numbers")])
${work(40, 'kafka.publish("numbers", {"n": i})', [['type = "topic"', 'e.type == "topic" and e.data["n"] == 0']])}`,
  steps: 40,
  contents: [
    {
      source: 'topic/kafka/numbers',
      numbers: numbersOf(
        (e) => e.type === 'topic',
        (e) => e.data['n'] as number,
      ),
    },
  ],
  service: /kafka\.Kafka/,
  works_ms: 1500,
};

/** States of a key of Redis, each of them sampled: `events()` asks for a barrier. */
export const states: Workload = {
  spec: `
redis = service("redis", "redis-server", interface("main", "redis", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    healthcheck = ready(), observe = [poll(command = "GET k", interval = "10m")])
def sampled(answer):
    events(type = "poll")
    return answer
${work(15, 'sampled(redis.command("SET", "k", i))', [['type = "poll"', 'e.type == "poll" and e.data["value"] == "0"']])}`,
  steps: 15,
  contents: [
    {
      source: 'poll/redis/GET k',
      numbers: numbersOf(
        (e) => e.type === 'poll' && !('error' in e.data),
        (e) => Number(e.data['value']),
      ),
    },
  ],
  service: /redis-server /,
  works_ms: 500,
};

/** How many requests of `keyValue` a test saw answered well. */
export const answered = ({ events }: Trace['tests'][number]): number =>
  events.filter((e) => e.type === 'step_recv' && e.data['status'] === 200).length;
