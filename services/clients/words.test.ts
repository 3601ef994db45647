import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitWords } from './words.ts';

test.each([
  ['GET session:active', ['GET', 'session:active']],
  ["  SET  \"a key\" 'it\\'s' ", ['SET', 'a key', "it's"]],
  ['SET k "tab\\there \\x41 \\"q\\" \\\\"', ['SET', 'k', 'tab\there A "q" \\']],
  ['GET "\\xc3\\xbc\\x41"', ['GET', 'üA']],
  ['SET k ""', ['SET', 'k', '']],
  ['', []],
])('%j', (command, words) => {
  expect(splitWords(command)).toEqual(words);
});

test.each(['GET "open', "GET 'open", 'GET "a"b', 'GET "\\xff"'])('%j is refused', (command) => {
  expect(splitWords(command)).toBeNull();
});

test('any words come back from their quoted form', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
      const quoted = words.map((w) => `"${w.replace(/[\\"]/g, '\\$&')}"`).join(' ');
      expect(splitWords(quoted)).toEqual(words);
    }),
  );
});
