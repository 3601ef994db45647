#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/**
 * Frames to the collector, on stdout: two 32-bit numbers in the machine's order, bytes and records, then that many bytes. With records:
 * Avro records back to back. Without: one line of text, an answer to a command. Both come in the order in which they were made.
 */

/** Adds a record to the frame being gathered; sends it when it is large. */
void output_record(const struct record *r);

/** Sends what is gathered, then the line of text. */
void output_answer(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Sends what is gathered when it is older than `age_ns`. */
void output_flush(uint64_t age_ns);
