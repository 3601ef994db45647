/** CLOCK_MONOTONIC in nanoseconds: the one clock of every record, the same in all processes of a host. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}
