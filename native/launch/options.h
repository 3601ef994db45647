#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/syscall_names.h"

/** Supplementary groups that a service may be given. */
#define MAX_GROUPS 64

/** What the command line says of the one service that this process starts. */
struct options {
	const char *cgroup_dir;
	const char *stdout_file, *stderr_file;
	const char *cwd;
	bool has_user;
	uid_t uid;
	gid_t gid;
	gid_t groups[MAX_GROUPS];
	size_t group_count;
	/** By number: calls that trap. */
	bool filter[SYSCALL_MAX];
	bool has_filter;
	char **argv;
};

/** Reads the command line. On a mistake returns a sentence about it, else NULL. */
const char *options_read(struct options *o, int argc, char **argv);
