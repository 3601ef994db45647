#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "child.h"
#include "common/channel.h"
#include "faults.h"
#include "options.h"
#include "spool.h"

/** Everything that this process knows of its one service. */
struct service {
	struct options options;
	struct channel channel;
	struct spool stdio[2];
	struct child child;
	struct faults faults;
	int cgroup_fd, events_fd, signal_fd;
	/** `failed`: the program could not be executed. `empty`: the cgroup has no process left and the pipes are drained. */
	bool running, failed, stopping, empty;
	/** When the cgroup is killed after `stop`; UINT64_MAX when nothing is pending. */
	uint64_t kill_at_ns;
	/** When the pipes are looked at next, and how long after that. */
	uint64_t look_at_ns, look_every_ns;
};

/** Opens the cgroup and makes the pipes; on failure says `failed` and returns false. */
bool service_prepare(struct service *s);

/** Starts the program; on failure says `failed` and returns false. */
bool service_start(struct service *s);

/** Says how the program's start went, once that is known. */
void service_started(struct service *s);

/** Collects processes that ended and says how the first one did. */
void service_reap(struct service *s);

/** Acts on one line of the runner. */
void service_command(struct service *s, char *line);

/** Moves output when it is time to. */
void service_look(struct service *s);

/** Kills the cgroup when a `stop` has run out. */
void service_expire(struct service *s);

/** Ends everything at once, for a runner that is gone. */
void service_abandon(struct service *s);
