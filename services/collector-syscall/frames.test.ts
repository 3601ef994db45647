import { expect, test } from 'vitest';
import { FrameCutter, type Frame } from './frames.ts';

function frame(body: string, count: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(Buffer.byteLength(body), 0);
  head.writeUInt32LE(count, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}

test('frames come out whole, however the stream is cut', () => {
  const stream = Buffer.concat([frame('up', 0), frame('abc', 2), frame('', 0), frame('defgh', 1)]);
  for (let size = 1; size <= stream.length; size++) {
    const cutter = new FrameCutter();
    const frames: Frame[] = [];
    for (let at = 0; at < stream.length; at += size) frames.push(...cutter.push(stream.subarray(at, at + size)));
    expect(frames).toEqual([
      { kind: 'text', text: 'up' },
      { kind: 'records', records: Buffer.from('abc'), count: 2 },
      { kind: 'text', text: '' },
      { kind: 'records', records: Buffer.from('defgh'), count: 1 },
    ]);
  }
});
