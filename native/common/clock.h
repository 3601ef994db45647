#pragma once
#include <stdint.h>
#include <time.h>

/** CLOCK_MONOTONIC in nanoseconds: the one clock of every record. */
static inline uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
