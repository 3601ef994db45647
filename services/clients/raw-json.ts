/** A number that JavaScript cannot hold, as JSON.stringify is to write it (https://github.com/tc39/proposal-json-parse-with-source). */
export const rawJson = (JSON as unknown as { rawJSON(text: string): object }).rawJSON;
