#include "path.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

pid_t path_leader(pid_t tid)
{
	char name[64], text[512];
	snprintf(name, sizeof name, "/proc/%d/status", tid);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return tid;
	text[n] = 0;
	const char *line = strstr(text, "\nTgid:");
	return line ? atoi(line + 6) : tid;
}

void path_of_link(char out[PATH_MAX], const char *link)
{
	static const char mark[] = " (deleted)";
	ssize_t n = readlink(link, out, PATH_MAX - 1);
	size_t cut = sizeof mark - 1;
	out[n < 0 ? 0 : n] = 0;
	if (n > (ssize_t)cut && !strcmp(out + n - cut, mark))
		out[(size_t)n - cut] = 0;
}

/** Reads a string of another process up to its end, page by page, because the next page may not be there. */
static bool read_string(char out[PATH_MAX], pid_t tid, uint64_t address)
{
	for (size_t have = 0; have < PATH_MAX;) {
		size_t to_page_end = 4096 - ((address + have) & 4095);
		size_t want = to_page_end < PATH_MAX - have ? to_page_end : PATH_MAX - have;
		struct iovec ours = { out + have, want }, theirs = { (void *)(uintptr_t)(address + have), want };
		ssize_t n = process_vm_readv(tid, &ours, 1, &theirs, 1, 0);
		if (n <= 0)
			return false;
		if (memchr(out + have, 0, (size_t)n))
			return true;
		have += (size_t)n;
	}
	return false;
}

/** Takes `.`, `..` and double slashes out of an absolute path, in place. */
static void normalise(char *path)
{
	char *to = path;
	for (char *from = path; *from;) {
		while (*from == '/')
			from++;
		size_t n = strcspn(from, "/");
		if (n == 2 && from[0] == '.' && from[1] == '.') {
			while (to > path && *--to != '/')
				continue;
		} else if (n > 0 && !(n == 1 && from[0] == '.')) {
			*to++ = '/';
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	if (to == path)
		*to++ = '/';
	*to = 0;
}

void path_of_argument(char out[PATH_MAX], pid_t tid, int dir_fd, uint64_t address)
{
	char given[PATH_MAX], link[64];
	out[0] = 0;
	if (!read_string(given, tid, address))
		return;
	if (given[0] == '/') {
		strcpy(out, given);
		normalise(out);
		return;
	}
	if (dir_fd == AT_FDCWD)
		snprintf(link, sizeof link, "/proc/%d/cwd", tid);
	else
		snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, dir_fd);
	path_of_link(out, link);
	size_t base = strlen(out);
	if (!base || base + 1 + strlen(given) >= PATH_MAX) {
		out[0] = 0;
		return;
	}
	if (!given[0])
		return;
	out[base] = '/';
	strcpy(out + base + 1, given);
	normalise(out);
}
