import type { QueryRequest } from '../host.ts';
import type { HostServer } from '../worker/spec-worker.ts';
import type { Query } from './live-host.ts';

/** Answers what monitors ask: queries, and nothing else. */
export function watchHost(query: Query, print: (text: string) => void): HostServer {
  return {
    print,
    answer: (request) =>
      request.name === 'query' ? query(request.arg as QueryRequest) : Promise.reject(new Error(`a monitor cannot call ${request.name}`)),
  };
}
