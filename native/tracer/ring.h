#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The reading end of a BPF ring buffer, polled: the kernel side wakes nobody. */
struct ring {
	volatile uint64_t *consumer;
	const volatile uint64_t *producer;
	const unsigned char *data;
	uint64_t mask;
};

typedef void ring_reader(void *context, const void *record, size_t size);

/** Maps the ring of a map with `bytes` of room. 0, or -1 with errno. */
int ring_open(struct ring *r, int map_fd, size_t bytes);

/** Hands at most `limit` finished records to `reader`, in order. Returns how many. */
size_t ring_consume(struct ring *r, size_t limit, ring_reader *reader, void *context);

/** Where the ring ends now: everything reserved up to here lies before it. */
uint64_t ring_end(const struct ring *r);

/** Whether everything before `end` has been consumed. */
bool ring_has_reached(const struct ring *r, uint64_t end);
