#pragma once
#include <limits.h>

/** Where all runs of the machine have their directories. */
#define HOME_DIR "/run/faultbox"

/** The places of one run. */
struct home {
	char run[128];
	char dir[PATH_MAX];
	char cgroup_dir[PATH_MAX];
	/** Where faultbox's cgroups of all runs lie. */
	char cgroup_base[PATH_MAX];
	int lock_fd;
};

/**
 * Ends what dead runs left, takes the run's lock and makes its directories. Returns NULL, or a sentence with the code of the
 * failure in `*code`.
 */
const char *home_open(struct home *h, const char *run, const char **code);

/** Kills what lives in the run's cgroups, removes them and the run's directory. */
void home_close(struct home *h);
