#pragma once
#include "record.h"

/**
 * What a write into a segment of a Kafka log appended (https://kafka.apache.org/documentation/#recordbatch): the offset at which its record
 * batch begins; -1 when it wrote anything but one whole batch; nothing for other files. `head`: the first 16 bytes that were written.
 */
struct number segment_append(struct text path, int64_t written, const unsigned long long head[2]);
