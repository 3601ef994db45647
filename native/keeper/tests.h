#pragma once
#include <limits.h>
#include <stdint.h>

/** One test of the run: a cgroup with one cgroup below it for each service. */
struct test {
	struct test *next;
	char *name;
	char dir[PATH_MAX];
	uint64_t cgroup;
	/** Cgroups made for services so far: none is used twice, because the kernel kills what is cloned into one that was killed. */
	unsigned int services;
};

/** Makes the cgroup of a test below `run_dir`; NULL with errno when it cannot. */
struct test *tests_add(const char *run_dir, const char *name);

/** The test of that name, or NULL. */
struct test *tests_find(const char *name);

/** Makes a cgroup for a service, a fresh one each time, and writes its path to `out`. 0, or -1 with errno. */
int tests_add_service(struct test *t, const char *service, char out[PATH_MAX]);

/** Kills what lives in the test, removes its cgroups and forgets it. */
void tests_end(struct test *t);
