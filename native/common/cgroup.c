#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

int cgroup_kill(int dir_fd)
{
	int fd = openat(dir_fd, "cgroup.kill", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int failed = write(fd, "1", 1) != 1;
	close(fd);
	return failed ? -1 : 0;
}

int cgroup_events_open(int dir_fd)
{
	return openat(dir_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
}

bool cgroup_populated(int events_fd)
{
	char text[256];
	ssize_t n = pread(events_fd, text, sizeof text - 1, 0);
	if (n <= 0)
		return false;
	text[n] = 0;
	return strstr(text, "populated 1") != NULL;
}

uint64_t cgroup_id(const char *dir)
{
	struct stat st;
	return stat(dir, &st) < 0 ? 0 : st.st_ino;
}

int cgroup_depth(const char *dir)
{
	char path[PATH_MAX];
	struct stat here, above;
	int depth = 0;
	if (snprintf(path, sizeof path, "%s", dir) >= (int)sizeof path || stat(path, &here) < 0)
		return -1;
	for (;;) {
		size_t n = strlen(path);
		if (n + 4 >= sizeof path)
			return -1;
		strcpy(path + n, "/..");
		if (stat(path, &above) < 0)
			return -1;
		if (above.st_dev != here.st_dev || above.st_ino == here.st_ino)
			return depth;
		here = above;
		depth++;
	}
}

static int remove_dirs(const char *dir)
{
	DIR *d = opendir(dir);
	if (!d)
		return errno == ENOENT ? 0 : -1;
	for (struct dirent *e; (e = readdir(d));) {
		char below[PATH_MAX];
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		if (snprintf(below, sizeof below, "%s/%s", dir, e->d_name) < (int)sizeof below)
			remove_dirs(below);
	}
	closedir(d);
	return rmdir(dir) < 0 && errno != ENOENT ? -1 : 0;
}

int cgroup_remove_tree(const char *dir, int wait_ms)
{
	int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return errno == ENOENT ? 0 : -1;
	uint64_t until_ns = now_ns() + (uint64_t)wait_ms * 1000000ull;
	struct pollfd p = { .fd = cgroup_events_open(dir_fd), .events = POLLPRI };
	cgroup_kill(dir_fd);
	while (p.fd >= 0 && cgroup_populated(p.fd) && now_ns() < until_ns)
		poll(&p, 1, 20);
	int removed = remove_dirs(dir);
	if (p.fd >= 0)
		close(p.fd);
	close(dir_fd);
	return removed;
}
