import { expect, test } from 'vitest';
import { jsonOk } from './json-ok.ts';

test('digits in strings are no numbers, in strings of megabytes too; those beside them are', () => {
  for (const filling of ['1234567890', '\\\\', '\\"']) {
    const string = `"12345678901234567890123${filling.repeat(30e6 / filling.length)}"`;
    expect(jsonOk(`{"a":${string},"b":1}`)).toBe(true);
    expect(jsonOk(`{"a":${string},"b":18446744073709551616}`)).toBe(false);
  }
});
