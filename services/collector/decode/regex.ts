import { RE2JS } from 're2js';

/**
 * Named groups as a JSON object, RE2 syntax, the same engine family as ClickHouse's `match`: linear in the text's length. A group that did
 * not take part is left out; null for a text that does not match.
 */
export function regex(pattern: string): (text: string) => string | null {
  const compiled = RE2JS.compile(pattern);
  const names = Object.keys(compiled.namedGroups());
  if (names.length === 0) throw new Error('the pattern has no named group: write (?P<name>…) for each field');
  return (text) => {
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return null;
    const members = names.flatMap((name) => {
      const value: string | null = matcher.group(name);
      return value === null ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
    });
    return `{${members.join(',')}}`;
  };
}
