/** What marks an answer that does not come from a ClickHouse server. */
export const foreignAnswer = 'E_FOREIGN_ANSWER';

/**
 * Every answer of ClickHouse has headers of its own. Without one it comes from something else, as a page of a proxy: also with status 200
 * nothing was asked or stored. Throws an Error with the code `foreignAnswer`.
 */
export function checkAnswer(headers: Readonly<Record<string, unknown>>): void {
  if (Object.keys(headers).some((name) => name.toLowerCase().startsWith('x-clickhouse-'))) return;
  throw Object.assign(new Error('The answer has no header of ClickHouse.'), { code: foreignAnswer });
}
