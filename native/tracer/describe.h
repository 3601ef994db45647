#pragma once
#include "address.h"
#include "paths.h"
#include "record.h"
#include "tracer/tracer.h"

/** A record of an event with the room that its strings need. */
struct description {
	struct record record;
	char local[ADDRESS_TEXT], remote[ADDRESS_TEXT], address[ADDRESS_TEXT];
	char path[PATH_TEXT], target[PATH_TEXT];
	char error[24];
};

/** Fills everything of the record but its header (run, test, service, source, position, type). `size` is the event's. */
void describe_event(struct description *d, const struct event *e, size_t size, const struct call_layout *layout);

/** The same for a thread that is still inside its call: no ret, no errno. */
void describe_open(struct description *d, const struct inflight *look, const struct call_layout *layout);

/** Remembers the path that an EVENT_NAME tells. */
void describe_learn(const struct paths_event *e);
