import { expect, test } from 'vitest';
import { endOfRecords, lsnText, parseLsn } from './lsn.ts';

const log = { segment_bytes: 16 << 20, page_bytes: 8192 };

test.each([
  ['a place within a page', '0/16B3748', '0/16B3748'],
  ['a page that only has its header', '0/16B4018', '0/16B4000'],
  ['a file that only has its header', '0/3000028', '0/3000000'],
  ['a page that begins with the last 16 bytes of a record', '0/16B4028', '0/16B4028'],
  ['a file that begins with the last 8 bytes of a record', '0/3000030', '0/3000030'],
  ['beyond 4 GiB', '5/16B4018', '5/16B4000'],
])('the end of the records before %s', (_, insert, end) => {
  expect(lsnText(endOfRecords(parseLsn(insert), log))).toBe(end);
});
