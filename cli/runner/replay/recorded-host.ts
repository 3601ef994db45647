import { isDeepStrictEqual } from 'node:util';
import { EnvironmentError } from '../environment-error.ts';
import { violationCode, type HostRequest, type QueryRequest } from '../host.ts';
import type { Query } from '../test/live-host.ts';
import type { HostServer } from '../worker/spec-worker.ts';
import type { RecordedTest } from './recorded-run.ts';

/** Answers a test's host calls as the run answered them; queries go to the store. */
export class RecordedHost implements HostServer {
  readonly prints: string[] = [];
  readonly #test: RecordedTest;
  readonly #query: Query;
  #next = 0;

  constructor(test: RecordedTest, query: Query) {
    this.#test = test;
    this.#query = query;
  }

  async answer(request: HostRequest): Promise<unknown> {
    if (request.name === 'query') return this.#query(request.arg as QueryRequest);
    const recorded = this.#test.calls[this.#next++];
    const same = recorded?.name === request.name && isDeepStrictEqual(recorded.arg, JSON.parse(JSON.stringify(request.arg ?? null)));
    if (!same)
      throw new EnvironmentError(
        'E_DIVERGED',
        `The spec asks for "${request.name}" where the run ${recorded ? `asked for "${recorded.name}"` : 'had ended'}: it is not the same program any more.`,
      );
    if (recorded.stopped) throw new EnvironmentError(violationCode, 'a monitor was violated');
    return recorded.reply ?? undefined;
  }

  print(text: string): void {
    this.prints.push(text);
  }
}
