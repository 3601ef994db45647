/** A number that JavaScript cannot hold, as JSON.stringify is to write it (https://github.com/tc39/proposal-json-parse-with-source). */
export interface RawNumber {
  readonly rawJSON: string;
}

export const rawNumber = (JSON as unknown as { rawJSON(text: string): RawNumber }).rawJSON;

/** An integer of any size, from its digits. */
export function integerOf(digits: string): number | RawNumber {
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : rawNumber(digits);
}
