const addresses = /(:\/\/[^\s"'/@:]*:)([^\s"'/@]+)(?=@)/g;
const named = /((?:password|passwd|secret|token)\w*["']?\s*[=:]\s*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/gi;

/** A spec's text for showing lines of it: passwords of addresses, and texts called password, secret or token, as stars; all else at its place. */
export function withoutSecrets(source: string): string {
  const stars = (text: string): string => '*'.repeat(text.length);
  return source
    .replace(addresses, (_, before: string, secret: string) => before + stars(secret))
    .replace(named, (_, before: string, quoted: string) => before + quoted[0] + stars(quoted.slice(1, -1)) + quoted[0]);
}
