#pragma once
#include <stdint.h>
#include <sys/types.h>

#include "options.h"

/** The first process of the service. */
struct child {
	pid_t pid;
	int pidfd;
	/** Where seccomp notifications arrive; -1 without a filter. */
	int listener;
	/** Readable (at end of file) as soon as the program runs or could not be run. */
	int exec_fd;
};

/**
 * Clones a process into the cgroup `cgroup_fd` and takes its listener over; the process goes on to its exec by itself, but its filtered
 * calls must be answered meanwhile. `out_fd` and `err_fd` become its stdout and stderr. Returns 0, or an errno with a sentence in `*why`.
 */
int child_start(struct child *c, const struct options *o, int cgroup_fd, int out_fd, int err_fd, const char **why);

/** After exec_fd became readable: 0 when the program runs, else the errno, with the step that failed in `*step`. */
int child_exec_result(struct child *c, const char **step);
