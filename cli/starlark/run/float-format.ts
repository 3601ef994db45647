/** A float as the language writes it: always with a point or an exponent, `nan`, `+inf`, `-inf` as starlark-go writes them. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? '+inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e17)) return exponent(value.toExponential());
  const text = value.toString();
  return /[.e]/.test(text) ? exponent(text) : `${text}.0`;
}

/** Exponents have a sign and at least two digits. */
export function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
