import { join } from 'node:path';
import { root } from '../faultbox.ts';

/** A spec with a broker on which the topic `orders` is observed, and what the test adds. `settings`: of the broker. */
export const kafkaSpec = (rest: string, settings: readonly string[] = []): string => `
kafka = service("kafka", "${join(root, 'examples', 'services', 'kafka.sh')}",
    interface("main", "kafka", 9092),
    args = ${JSON.stringify(['9092', ...settings])},
    healthcheck = ready(timeout = "60s"),
    observe = [topic("orders")],
)
${rest}`;
