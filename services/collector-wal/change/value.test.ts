import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJsonOf } from './value.ts';

const builtin = (typeOid: number) => toJsonOf({ typeOid, typeSchema: null, typeName: null });

test('integers and numerics of any size come through digit by digit', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.nat(999), (whole, fraction) => {
      expect(builtin(20)(String(whole))).toBe(String(whole));
      const exact = `${whole}.${String(fraction).padStart(3, '0')}`;
      expect(builtin(1700)(exact)).toBe(exact);
    }),
  );
  expect(['NaN', 'Infinity', '-Infinity'].map(builtin(1700))).toEqual(['"NaN"', '"Infinity"', '"-Infinity"']);
  expect(['1e+20', '-0', '1e-05'].map(builtin(701))).toEqual(['1e+20', '0', '1e-05']);
});

test('lists of texts are read back as they were, nested ones too', () => {
  const quoted = (text: string | null) => (text === null ? 'NULL' : `"${text.replace(/["\\]/g, '\\$&')}"`);
  fc.assert(
    fc.property(fc.array(fc.array(fc.option(fc.string()), { minLength: 1 }), { minLength: 1 }), (grid) => {
      const text = `{${grid.map((row) => `{${row.map(quoted).join(',')}}`).join(',')}}`;
      expect(JSON.parse(builtin(1009)(text))).toEqual(grid);
    }),
  );
  expect(builtin(1007)('[0:1]={7,8}')).toBe('[7,8]');
  expect(builtin(1007)('{}')).toBe('[]');
  expect(builtin(3905)('{"[1,2)",empty}')).toBe('["[1,2)","empty"]');
});

test("users' own types are text, their arrays lists of it, and domains what they are made of", () => {
  const own = (typeName: string, typeSchema = 'public') => toJsonOf({ typeOid: 99_999, typeSchema, typeName });
  expect(own('mood')('{odd label}')).toBe('"{odd label}"');
  expect(own('_mood')('{sad,happy}')).toBe('["sad","happy"]');
  expect(own('int8', '')('5')).toBe('5');
  expect(own('int8', 'public')('5')).toBe('"5"');
});
