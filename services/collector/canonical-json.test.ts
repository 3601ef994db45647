import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, NotJson } from './canonical-json.ts';

test('any JSON value comes out with the same meaning and without white space', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const out = canonicalJson(text);
      expect(JSON.parse(out)).toEqual(JSON.parse(text.replace(/(?<=[[,:]|^)-0(?=[\],}]|$)/g, '0')));
      expect(canonicalJson(out)).toBe(out);
    }),
  );
});

test('what JSON.parse refuses is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((t) => t.slice(0, -1)),
        fc.json().map((t) => `${t},`),
      ),
      (text) => {
        let valid = true;
        try {
          JSON.parse(text);
        } catch {
          valid = false;
        }
        if (valid) expect(() => canonicalJson(text)).not.toThrow();
        else expect(() => canonicalJson(text)).toThrow(NotJson);
      },
    ),
  );
});

test('numbers keep their value and their kind', () => {
  expect(canonicalJson('[18446744073709551616, 1.0, 1e400, -0, -9223372036854775809]')).toBe(
    '[18446744073709551616,1.0,1e400,0,-9223372036854775809]',
  );
});

test('the last of equal keys wins, however they are spelled; the order of keys is kept', () => {
  expect(canonicalJson('{"b":1,"1":2,"a":3,"\\u0062":4}')).toBe('{"b":4,"1":2,"a":3}');
});

test('a document that nests too deep is refused, not recursed into', () => {
  expect(() => canonicalJson('['.repeat(100_000))).toThrow('deeper than 512');
});

test('a string of megabytes is read, with escapes in it or not', () => {
  for (const filling of ['a', 'ü😀', '\\n', '\\\\', '\\"']) {
    const text = `{"a":"\\t${filling.repeat(30e6 / filling.length)}"}`;
    expect(canonicalJson(text) === text).toBe(true);
  }
  expect(() => canonicalJson(`"${'\\"'.repeat(10)}`)).toThrow(NotJson);
});
