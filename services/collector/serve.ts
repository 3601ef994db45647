import { ChannelFailure, serveChannel, type Request } from './channel.ts';

/** What a collector does for the runner. */
export interface CollectorDuties<A extends Request, B extends Request> {
  attach(request: A): Promise<void> | void;
  barrier(request: B): Promise<void> | void;
  /** Lets go of a test. */
  detach(test: string): Promise<void> | void;
}

/** Serves the runner's requests to the collector of a kind; see `serveChannel`. */
export function serveCollector<A extends Request, B extends Request>(
  kind: string,
  duties: CollectorDuties<A, B>,
  onEnd: () => Promise<void>,
): void {
  serveChannel(async (request) => {
    switch (request.do) {
      case 'attach':
        return duties.attach(request as A);
      case 'barrier':
        return duties.barrier(request as B);
      case 'detach':
        return duties.detach(request.test!);
      default:
        throw new ChannelFailure('E_REQUEST', `collector-${kind} does not know the request "${request.do}".`);
    }
  }, onEnd);
}
