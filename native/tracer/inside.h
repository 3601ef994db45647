#pragma once
#include <stddef.h>

#include "tracer/tracer.h"

struct tracer_bpf;

/** The threads that one pass over all tasks found inside a selected call. */
struct inside {
	struct inflight *looks;
	size_t count, capacity;
};

/** Makes one pass. 0, or -1 with errno. */
int inside_look(struct inside *in, struct tracer_bpf *bpf);

/** Whether the thread sleeps in its call, until something wakes it; otherwise the call is about to end by itself. */
int inside_sleeps(const struct inflight *look);
