import { CollectorProcess, type Answer } from '../../collector/testing/collector-process.ts';

/** An event's data, as far as tests look into it. */
export interface Row {
  readonly table: string;
  readonly schema: string;
  readonly action: string;
  readonly new: Readonly<Record<string, unknown>> | null;
  readonly old: Readonly<Record<string, unknown>> | null;
  readonly [key: string]: unknown;
}

/** A WAL collector with a bus of its own. */
export class TestCollector extends CollectorProcess<'wal'> {
  constructor(run = 'r1') {
    super('wal', run);
  }

  attach(port: number, tables: readonly string[], own: object = {}, test = 't'): Promise<Answer> {
    const plan = { kind: 'wal', port, tables, database: 'postgres', user: 'postgres', password: '', ...own };
    return this.ask({ do: 'attach', test, source: 'wal/db', service: 'db', plan, leases: {} });
  }

  /** The data of all events, in their order. */
  rows(): Row[] {
    return this.records()
      .filter((r) => r.type === 'wal')
      .map((r) => JSON.parse(r.data!) as Row);
  }
}
