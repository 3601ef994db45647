/** collector-stdout: turns the captured output of services into events, one a line. */
import { openBusWriter } from '../bus/open.ts';
import { collectorArgs } from '../collector/args.ts';
import { ChannelFailure, type Request } from '../collector/channel.ts';
import { Publisher } from '../collector/publisher.ts';
import { serveCollector } from '../collector/serve.ts';
import { decoderFor, type Decoder, type DecoderSpec } from '../collector/decode/decoder.ts';
import { Stream } from './stream.ts';

interface Attach extends Request {
  readonly test: string;
  readonly source: string;
  readonly service: string;
  readonly stream: 'stdout' | 'stderr';
  readonly file: string;
  readonly decoder: DecoderSpec;
  readonly max_lines: number;
  readonly max_bytes: number;
}
interface Barrier extends Request {
  readonly test: string;
  readonly barrier: number;
  readonly drained: Readonly<Record<string, number>>;
  readonly final: boolean;
}

const { run, bus } = collectorArgs();
const publisher = new Publisher('stdout', openBusWriter(bus, run, 'stdout'));
const streams = new Map<string, Stream[]>();
const busy_ms = 1;
const idle_ms = 5;

async function attach(request: Attach): Promise<void> {
  let decoder: Decoder;
  try {
    decoder = decoderFor(request.decoder);
  } catch (error) {
    throw new ChannelFailure('E_DECODER', `The decoder of ${request.source} cannot be made: ${(error as Error).message}.`);
  }
  const { test, source, service } = request;
  const stream = new Stream({ run, test, source, service }, request.stream, request.file, decoder, request, publisher);
  streams.set(test, [...(streams.get(test) ?? []), stream]);
  stream.ready();
  await publisher.durable();
}

async function barrier(request: Barrier): Promise<void> {
  for (const stream of streams.get(request.test) ?? []) {
    const drained = request.drained[stream.name.source];
    if (drained === undefined) stream.incomplete(request.barrier, 'the launcher did not say how much was written');
    else stream.complete(request.barrier, drained, request.final);
  }
  await publisher.durable();
}

function detach(test: string): void {
  for (const stream of streams.get(test) ?? []) stream.close();
  streams.delete(test);
}

function pump(): void {
  // The lines can wait in their files.
  if (publisher.crowded) return void publisher.room().then(pump);
  let moved = 0;
  for (const list of streams.values()) for (const stream of list) moved += stream.pump();
  if (moved > 0) publisher.flush();
  setTimeout(pump, moved > 0 ? busy_ms : idle_ms).unref();
}

serveCollector('stdout', { attach, barrier, detach }, async () => {
  await publisher.close();
  process.exit(0);
});
pump();
