import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineCutter, maxLineBytes, type Line } from './lines.ts';

const cutAll = (chunks: Buffer[]): Line[] => {
  const cutter = new LineCutter();
  const lines = chunks.flatMap((chunk) => [...cutter.feed(chunk)].map((l) => ({ ...l, text: Buffer.from(l.text) })));
  const tail = cutter.end();
  return tail ? [...lines, tail] : lines;
};

test('however a stream is chunked, the same lines with the same offsets come out', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', 'é', '\0')), fc.array(fc.nat(6)), (parts, cuts) => {
      const whole = Buffer.from(parts.join(''));
      const chunks: Buffer[] = [];
      let at = 0;
      for (const n of cuts) {
        chunks.push(whole.subarray(at, at + n));
        at += n;
      }
      chunks.push(whole.subarray(at));
      const lines = cutAll(chunks);
      expect(lines).toEqual(cutAll([whole]));
      const texts = whole.toString('latin1').split('\n');
      if (texts.at(-1) === '') texts.pop();
      expect(lines.map((l) => l.text.toString('latin1'))).toEqual(texts);
      expect(lines.map((l) => l.start)).toEqual([0, ...lines.map((l) => l.end)].slice(0, lines.length));
    }),
  );
});

test('lines can be counted without being kept, and offsets stay right', () => {
  const cutter = new LineCutter();
  const lines = [...cutter.feed(Buffer.from('a\nbc'))];
  expect([lines.length, cutter.count(Buffer.from('d\ne\nf')), cutter.count(Buffer.from('g'))]).toEqual([1, 2, 0]);
  expect([cutter.position, [...cutter.feed(Buffer.from('\nhi\n'))].map((l) => [l.start, l.end])]).toEqual([
    10,
    [
      [8, 11],
      [11, 14],
    ],
  ]);
});

test('a line beyond 16 MiB keeps its first 16 MiB and says how many bytes are missing', () => {
  const [line, next] = cutAll([Buffer.alloc(maxLineBytes, 97), Buffer.from('bcd\nx\n')]);
  expect([line!.text.length, line!.cut, line!.end]).toEqual([maxLineBytes, 3, maxLineBytes + 4]);
  expect(next!.text.toString()).toBe('x');
});
