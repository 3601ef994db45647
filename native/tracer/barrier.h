#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "inside.h"
#include "ring.h"

struct tracer_bpf;
struct event;

/** A barrier that waits for calls which entered before it and still run. */
struct barrier {
	struct barrier *next;
	long id;
	int number;
	char *test;
	uint64_t until_ns, deadline_ns;
};

/** Everything that judges barriers. */
struct barriers {
	struct tracer_bpf *bpf;
	struct barrier *pending;
	struct inside inside;
	/** Times that the kernel skipped one of our programs, as of the last barrier. */
	uint64_t misses;
};

/** Adds a barrier to those pending. */
void barriers_add(struct barriers *b, long id, const char *test, int number, uint64_t until_ns, uint64_t deadline_ns);

/** Forgets the barriers of a test. */
void barriers_drop(struct barriers *b, const char *test);

/**
 * Looks once at all traced threads and answers every barrier that is proven or whose deadline passed. `consume` must take everything
 * that lies in the ring when it is called.
 */
void barriers_try(struct barriers *b, void (*consume)(void));

/** To be told of each event that leaves the ring: its call is not open any more. */
void barriers_ended(struct barriers *b, const struct event *e);
