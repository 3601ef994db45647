#include "tests.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cgroup.h"

enum { KILL_WAIT_MS = 3000, NAME_BYTES = 48 };

static struct test *tests;
static unsigned int made;

/** A directory name that people recognise: a number, then what of the name a file system takes. */
static int make_dir(char out[PATH_MAX], const char *parent, unsigned int n, const char *name)
{
	char safe[NAME_BYTES + 1];
	size_t i = 0;
	for (; name[i] && i < NAME_BYTES; i++)
		safe[i] = isalnum((unsigned char)name[i]) || strchr("_-", name[i]) ? name[i] : '_';
	safe[i] = 0;
	if (snprintf(out, PATH_MAX, "%s/%u-%s", parent, n, safe) >= PATH_MAX)
		return -1;
	return mkdir(out, 0755);
}

struct test *tests_add(const char *run_dir, const char *name)
{
	struct test *t = calloc(1, sizeof *t);
	if (!t || make_dir(t->dir, run_dir, ++made, name) < 0) {
		free(t);
		return NULL;
	}
	t->name = strdup(name);
	t->cgroup = cgroup_id(t->dir);
	t->next = tests;
	tests = t;
	return t;
}

struct test *tests_find(const char *name)
{
	for (struct test *t = tests; t; t = t->next)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

int tests_add_service(struct test *t, const char *service, char out[PATH_MAX])
{
	return make_dir(out, t->dir, ++t->services, service);
}

void tests_end(struct test *t)
{
	struct test **at = &tests;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	cgroup_remove_tree(t->dir, KILL_WAIT_MS);
	free(t->name);
	free(t);
}
