/** A place in a server's write-ahead log: bytes since its beginning (pg_lsn). */
export type Lsn = bigint;

/** Reads an LSN as PostgreSQL writes it, `16/B374D848`. */
export function parseLsn(text: string): Lsn {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** How a log is cut into files and pages, in bytes. */
export interface LogGeometry {
  readonly segment_bytes: number;
  readonly page_bytes: number;
}

/** Headers of a page of the log: of the first one of a file, and of every other (xlog_internal.h, aligned). */
const firstHeaderBytes = 40n;
const headerBytes = 24n;

/**
 * Where the last record before an insert position ends. The server counts the header of a page that it is about to begin; nobody flushes or
 * sends that far before there is a record behind it.
 */
export function endOfRecords(insert: Lsn, { segment_bytes, page_bytes }: LogGeometry): Lsn {
  if (insert % BigInt(segment_bytes) === firstHeaderBytes) return insert - firstHeaderBytes;
  return insert % BigInt(page_bytes) === headerBytes ? insert - headerBytes : insert;
}

/** The LSN as PostgreSQL writes it. */
export function lsnText(lsn: Lsn): string {
  return `${(lsn >> 32n).toString(16)}/${(lsn & 0xffffffffn).toString(16)}`.toUpperCase();
}
