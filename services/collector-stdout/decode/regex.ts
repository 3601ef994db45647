import { RE2JS } from 're2js';

/**
 * A decoder by named groups, RE2 syntax, the same engine family as ClickHouse's `match`: linear in the line's length. A group that did not
 * take part is left out; a line that does not match keeps its text as `msg` with a `decode_error`.
 */
export function regex(pattern: string): (line: string) => string {
  const compiled = RE2JS.compile(pattern);
  const names = Object.keys(compiled.namedGroups());
  if (names.length === 0) throw new Error('the pattern has no named group: write (?P<name>…) for each field');
  return (line) => {
    const matcher = compiled.matcher(line);
    if (!matcher.find()) return JSON.stringify({ msg: line, decode_error: 'the line does not match the pattern' });
    const members = names.flatMap((name) => {
      const value: string | null = matcher.group(name);
      return value === null ? [] : [`${JSON.stringify(name)}:${JSON.stringify(value)}`];
    });
    return `{${members.join(',')}}`;
  };
}
