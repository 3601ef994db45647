#include "home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "pool.h"

enum { KILL_WAIT_MS = 3000 };

static char sentence[PATH_MAX + 256];

static const char *wrong(const char *what, const char *path)
{
	snprintf(sentence, sizeof sentence, "%s %s: %s", what, path, strerror(errno));
	return sentence;
}

/** Finds where cgroup v2 is mounted. */
static bool find_cgroup2(char out[PATH_MAX])
{
	char line[PATH_MAX + 512];
	FILE *f = fopen("/proc/mounts", "re");
	bool found = false;
	while (f && !found && fgets(line, sizeof line, f)) {
		char where[PATH_MAX], kind[64];
		if (sscanf(line, "%*s %4095s %63s", where, kind) == 2 && !strcmp(kind, "cgroup2")) {
			strcpy(out, where);
			found = true;
		}
	}
	if (f)
		fclose(f);
	return found;
}

static const char *find_or_mount_cgroup2(char out[PATH_MAX])
{
	static const char ours[] = HOME_DIR "/.cgroup2";
	if (find_cgroup2(out))
		return NULL;
	mkdir(ours, 0755);
	if (mount("none", ours, "cgroup2", 0, NULL) < 0)
		return wrong("cgroup v2 is not mounted and cannot be mounted at", ours);
	strcpy(out, ours);
	return NULL;
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	remove(path);
	return 0;
}

static void remove_tree(const char *dir)
{
	nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/** Whether a run's lock is free, that is: the run is dead. Takes the lock in passing, and lets it go. */
static bool is_dead(const char *run)
{
	char name[PATH_MAX];
	snprintf(name, sizeof name, HOME_DIR "/%s/lock", run);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	bool dead = fd < 0 ? errno == ENOENT : flock(fd, LOCK_EX | LOCK_NB) == 0;
	if (fd >= 0)
		close(fd);
	return dead;
}

/** Calls `end` for every directory below `parent` that belongs to a dead run. */
static void for_dead(const char *parent, void (*end)(const char *dir))
{
	char dir[PATH_MAX];
	DIR *d = opendir(parent);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.' || !strcmp(e->d_name, "ports") || !is_dead(e->d_name))
			continue;
		if (snprintf(dir, sizeof dir, "%s/%s", parent, e->d_name) < (int)sizeof dir)
			end(dir);
	}
	if (d)
		closedir(d);
}

static void end_cgroup(const char *dir)
{
	cgroup_remove_tree(dir, KILL_WAIT_MS);
}

/** Cgroups first: a run's directory is what tells that it is dead. */
static void sweep(const struct home *h)
{
	for_dead(h->cgroup_base, end_cgroup);
	for_dead(HOME_DIR, remove_tree);
}

static const char *make_run(struct home *h, const char **code)
{
	char name[PATH_MAX];
	*code = "E_RUN";
	if (mkdir(h->dir, 0711) < 0)
		return wrong("the run's directory cannot be made:", h->dir);
	snprintf(name, sizeof name, HOME_DIR "/%s/lock", h->run);
	h->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (h->lock_fd < 0 || flock(h->lock_fd, LOCK_EX | LOCK_NB) < 0)
		return wrong("the run's lock cannot be taken:", name);
	snprintf(name, sizeof name, HOME_DIR "/%s/tmp", h->run);
	if (mkdir(name, 0711) < 0)
		return wrong("a directory cannot be made:", name);
	*code = "E_CGROUP";
	if (mkdir(h->cgroup_dir, 0755) < 0)
		return wrong("the run's cgroup cannot be made:", h->cgroup_dir);
	return NULL;
}

const char *home_open(struct home *h, const char *run, const char **code)
{
	char cgroup2[PATH_MAX];
	memset(h, 0, sizeof *h);
	*code = "E_RUN";
	if (!run[0] || run[0] == '.' || strchr(run, '/') || strlen(run) >= sizeof h->run || !strcmp(run, "ports"))
		return "the name of a run is one directory name of at most 127 bytes";
	strcpy(h->run, run);
	snprintf(h->dir, sizeof h->dir, HOME_DIR "/%s", run);
	mkdir(HOME_DIR, 0755);
	mkdir(POOL_DIR, 0700);
	int one_at_a_time = open(HOME_DIR "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (one_at_a_time < 0 || flock(one_at_a_time, LOCK_EX) < 0)
		return wrong("root is needed; the lock cannot be taken:", HOME_DIR "/.lock");
	*code = "E_CGROUP";
	const char *failed = find_or_mount_cgroup2(cgroup2);
	if (!failed) {
		snprintf(h->cgroup_base, sizeof h->cgroup_base, "%.4000s/faultbox", cgroup2);
		snprintf(h->cgroup_dir, sizeof h->cgroup_dir, "%.3800s/faultbox/%s", cgroup2, run);
		mkdir(h->cgroup_base, 0755);
		sweep(h);
		failed = make_run(h, code);
	}
	close(one_at_a_time);
	return failed;
}

void home_close(struct home *h)
{
	cgroup_remove_tree(h->cgroup_dir, KILL_WAIT_MS);
	remove_tree(h->dir);
	close(h->lock_fd);
}
