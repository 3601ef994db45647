import { describe, expect, test } from 'vitest';
import { decoderFor } from './decoder.ts';

const decode = (kind: 'default' | 'json' | 'logfmt', line: string): unknown => JSON.parse(decoderFor({ kind })(line));

describe('without a decoder', () => {
  test('a JSON object is the data, any other line its msg', () => {
    expect(decode('default', ' {"a": 1} ')).toEqual({ a: 1 });
    expect(decode('default', '[1]')).toEqual({ msg: '[1]' });
    expect(decode('default', '{"a": 1')).toEqual({ msg: '{"a": 1' });
    expect(decode('default', '')).toEqual({ msg: '' });
  });
});

describe('json_decoder', () => {
  test('keeps a line that is no object, and says so', () => {
    expect(decode('json', '[1]')).toMatchObject({ msg: '[1]', decode_error: expect.stringContaining('no object') });
    expect(decode('json', 'starting')).toMatchObject({ msg: 'starting', decode_error: expect.stringContaining('no JSON') });
  });
});

describe('logfmt_decoder', () => {
  test('reads pairs, quotes and escapes', () => {
    expect(decode('logfmt', 'level=INFO msg="SET \\"key1\\"\\tvalue" op=SET empty= ')).toEqual({
      level: 'INFO',
      msg: 'SET "key1"\tvalue',
      op: 'SET',
      empty: '',
    });
  });
  test('joins words that are no pair into msg, or into text beside a msg', () => {
    expect(decode('logfmt', 'server started port=80 ok')).toEqual({ port: '80', msg: 'server started ok' });
    expect(decode('logfmt', 'oops msg=done')).toEqual({ msg: 'done', text: 'oops' });
    expect(decode('logfmt', 'a="unclosed rest')).toEqual({ msg: 'a="unclosed rest' });
    expect(decode('logfmt', 'a="x"y =z b="\\"')).toEqual({ msg: 'a="x"y =z b="\\"' });
  });
  test('reads the longest line that is kept', () => {
    for (const filling of ['a', '\\"']) {
      const { msg } = decode('logfmt', `level=INFO msg="${filling.repeat((16 << 20) / filling.length)}"`) as { msg: string };
      expect(msg.length).toBe((16 << 20) / filling.length);
    }
  });
});

describe('regex_decoder', () => {
  test('turns named groups into fields and keeps what does not match', () => {
    const decoder = decoderFor({ kind: 'regex', pattern: '(?P<timestamp>\\S+) \\[(?P<level>\\w+)\\] (?P<msg>.*)' });
    expect(JSON.parse(decoder('2026-04-10T12:00:00Z [ERROR] connection refused'))).toEqual({
      timestamp: '2026-04-10T12:00:00Z',
      level: 'ERROR',
      msg: 'connection refused',
    });
    expect(JSON.parse(decoder('no match'))).toMatchObject({ msg: 'no match', decode_error: expect.any(String) });
  });
  test('refuses a pattern that RE2 has not, or one without a name', () => {
    expect(() => decoderFor({ kind: 'regex', pattern: '(?=x)(?P<a>.)' })).toThrow();
    expect(() => decoderFor({ kind: 'regex', pattern: 'abc' })).toThrow('named group');
  });
});
