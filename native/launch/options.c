#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char mistake[256];

static const char *read_groups(struct options *o, char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		if (o->group_count == MAX_GROUPS)
			return "--groups: at most 64 groups can be given";
		o->groups[o->group_count++] = (gid_t)strtoul(word, NULL, 10);
	}
	return NULL;
}

static const char *read_filter(struct options *o, char *list)
{
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		int nr = syscall_number(word);
		if (nr < 0) {
			snprintf(mistake, sizeof mistake, "--filter: this machine has no system call named %s", word);
			return mistake;
		}
		o->filter[nr] = o->has_filter = true;
	}
	return NULL;
}

static const char *read_option(struct options *o, int option)
{
	switch (option) {
	case 'c': o->cgroup_dir = optarg; return NULL;
	case 'o': o->stdout_file = optarg; return NULL;
	case 'e': o->stderr_file = optarg; return NULL;
	case 'd': o->cwd = optarg; return NULL;
	case 'u':
		o->uid = (uid_t)strtoul(optarg, NULL, 10);
		o->has_user = true;
		return NULL;
	case 'g': o->gid = (gid_t)strtoul(optarg, NULL, 10); return NULL;
	case 'G': return read_groups(o, optarg);
	case 'f': return read_filter(o, optarg);
	default: return "an option is unknown or lacks its value";
	}
}

const char *options_read(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "cgroup", required_argument, NULL, 'c' }, { "stdout", required_argument, NULL, 'o' },
		{ "stderr", required_argument, NULL, 'e' }, { "cwd", required_argument, NULL, 'd' },
		{ "uid", required_argument, NULL, 'u' },    { "gid", required_argument, NULL, 'g' },
		{ "groups", required_argument, NULL, 'G' }, { "filter", required_argument, NULL, 'f' },
		{ NULL, 0, NULL, 0 },
	};
	memset(o, 0, sizeof *o);
	opterr = 0;
	for (int c; (c = getopt_long(argc, argv, "+", names, NULL)) != -1;) {
		const char *wrong = read_option(o, c);
		if (wrong)
			return wrong;
	}
	o->argv = argv + optind;
	if (!o->cgroup_dir || !o->stdout_file || !o->stderr_file || !o->cwd)
		return "--cgroup, --stdout, --stderr and --cwd must be given";
	return o->argv[0] ? NULL : "the program is missing: launch … -- PROGRAM ARG…";
}
