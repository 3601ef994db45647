import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal } from './avro-numbers.ts';
import { exactJson } from './exact-json.ts';
import { payloadDecoder, type PayloadSpec } from './payload.ts';

const decode = (spec: PayloadSpec, value: string | Buffer | null) =>
  payloadDecoder(spec, {}, () => {})(value === null ? null : Buffer.from(value)) as string;

describe('each decoder', () => {
  test.each<[PayloadSpec, string | Buffer | null, string]>([
    [{ kind: 'default' }, '{"n": 12345678901234567890}', '{"n":12345678901234567890}'],
    [{ kind: 'default' }, '[1]', '{"value":"[1]"}'],
    [{ kind: 'default' }, '{broken', '{"value":"{broken"}'],
    [{ kind: 'json' }, '[1, 2.0]', '{"value":[1,2.0]}'],
    [{ kind: 'text' }, '{"a":1}', '{"value":"{\\"a\\":1}"}'],
    [{ kind: 'bytes' }, Buffer.from([0, 255]), '{"value":"AP8="}'],
    [{ kind: 'logfmt' }, 'a=1 b="x y"', '{"a":"1","b":"x y"}'],
    [{ kind: 'regex', pattern: '(?P<op>\\w+) (?P<n>\\d+)' }, 'SET 7', '{"op":"SET","n":"7"}'],
    [{ kind: 'json' }, null, '{"value":null}'],
  ])('%o of %s', (spec, value, data) => expect(decode(spec, value)).toBe(data));

  test.each<PayloadSpec>([{ kind: 'json' }, { kind: 'regex', pattern: '(?P<n>\\d+)' }])(
    '%o keeps what it cannot decode, and says why',
    (spec) => {
      expect(JSON.parse(decode(spec, 'what?'))).toEqual({ raw: 'what?', decode_error: expect.stringMatching(/^the value /) });
    },
  );

  test('whatever the bytes are, the data is an object', async () => {
    const specs: PayloadSpec[] = [
      { kind: 'default' },
      { kind: 'json' },
      { kind: 'text' },
      { kind: 'bytes' },
      { kind: 'logfmt' },
      { kind: 'regex', pattern: '(?P<a>.)' },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...specs),
        fc.uint8Array(),
        (spec, bytes) => typeof JSON.parse(decode(spec, Buffer.from(bytes))) === 'object',
      ),
    );
    const avro = payloadDecoder({ kind: 'avro', registry: 'http://127.0.0.1:1' }, {}, () => {});
    expect(JSON.parse(await avro(Buffer.from('{}')))).toMatchObject({ raw: '{}', decode_error: expect.stringContaining('wire format') });
    expect(JSON.parse(await avro(Buffer.from([0, 0, 0, 0, 7, 1])))).toMatchObject({ decode_error: expect.stringContaining('schema 7') });
  });
});

test('numbers keep their digits', () => {
  expect(exactJson({ a: 9007199254740993n, b: [1.5, NaN, -0.25], c: Buffer.from([1]), d: null, e: new Decimal('-0.10') })).toBe(
    '{"a":9007199254740993,"b":[1.5,"NaN",-0.25],"c":"AQ==","d":null,"e":-0.10}',
  );
});
