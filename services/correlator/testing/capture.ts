import type { Block } from '../../bus/bus.ts';
import { Correlator } from '../correlator.ts';
import type { RowSink, StoredBarrier } from '../rows/sink.ts';

/** What a correlator hands on, comparable byte by byte. */
class Capture implements RowSink {
  readonly out: string[] = [];
  block(test: string, firstSeq: number, lastSeq: number, body: Buffer): void {
    this.out.push(`${test} ${firstSeq}-${lastSeq} ${body.toString('base64')}`);
  }
  barrier(stored: StoredBarrier): void {
    this.out.push(JSON.stringify(stored));
  }
  end(test: string): void {
    this.out.push(`${test} has ended`);
  }
}

/** What a correlator of a run makes of blocks. */
export function correlate(run: string, blocks: readonly Block[]): string[] {
  const sink = new Capture();
  const correlator = new Correlator(run, sink);
  for (const block of blocks) correlator.take(block);
  correlator.settle();
  return sink.out;
}
