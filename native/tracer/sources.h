#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "record.h"
#include "tracer/tracer.h"

struct tracer_bpf;

/** One service of a test being traced. Its place in the table is its slot. */
struct source {
	bool used;
	uint64_t cgroup;
	char *run, *test, *service, *name;
	int64_t position;
	/** Losses already told in a gap, and the moment up to which they are. */
	uint64_t lost, told_ns;
};

extern struct source sources[MAX_SLOTS];

/** What an attach asks for. */
struct attachment {
	const char *run, *test, *service, *source, *cgroup_dir;
	bool all_reads;
};

/** Takes a slot and tells the kernel side. On failure returns a sentence and sets `*code`, else NULL. */
const char *sources_attach(struct tracer_bpf *bpf, const struct attachment *a, const char **code);

/** Lets all sources of a test go. */
void sources_detach(struct tracer_bpf *bpf, const char *test);

/** Events of a slot that the ring had no room for, over its life. */
uint64_t sources_lost(struct tracer_bpf *bpf, unsigned int slot);

/** Gives the record its header and the next position of the source, and sends it. */
void sources_publish(struct source *s, const char *type, struct record *r);
