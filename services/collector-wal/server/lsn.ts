/** A place in a server's write-ahead log: bytes since its beginning (pg_lsn). */
export type Lsn = bigint;

/** Reads an LSN as PostgreSQL writes it, `16/B374D848`. */
export function parseLsn(text: string): Lsn {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** The LSN as PostgreSQL writes it. */
export function lsnText(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}
