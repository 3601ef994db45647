import { join } from 'node:path';
import { root } from '../faultbox.ts';

/** A PostgreSQL server as a program of a spec. */
export const server = join(root, 'examples', 'services', 'postgres.sh');
/** Orders in PostgreSQL, told to a shipping service: `publish` is `late`, after the commit, or `early`. `more` is the rest of the spec. */
export const topology = (publish: string, more = '') => `
pg = service("postgres", "${server}", interface("main", "postgres", 5432), args = ["5432"], observe = [wal_stream(tables = ["orders"])])
shipping = service("shipping", "bin/linux/mock-db", interface("main", "tcp", 5433), env = {"PORT": "5433"}, healthcheck = tcp("localhost:5433"),
    observe = [stdout(decoder = json_decoder())])
api = service("api", "bin/linux/orders-api", interface("http", "http", 8080), depends_on = [pg, shipping], healthcheck = http("localhost:8080/health"),
    env = {"PORT": "8080", "DB_ADDR": pg.main.addr, "SHIPPING_ADDR": shipping.main.addr, "PUBLISH": "${publish}"})
inserted = {"type": "wal", "table": "orders", "action": "INSERT"}
published = {"type": "stdout", "service": "shipping", "op": "SET"}
${more}`;
