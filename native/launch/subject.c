#include "subject.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/observers.h"
#include "path.h"
#include "shape.h"
#include "spool.h"

static enum subject_kind kind_of_family(int family)
{
	return family == AF_INET || family == AF_INET6 || family == AF_UNIX ? SUBJECT_SOCKET : SUBJECT_OTHER;
}

static bool leads_to_observer(int socket)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = { 0 };
	socklen_t size = sizeof a;
	if (getpeername(socket, &a.any, &size) < 0)
		return false;
	if (a.any.sa_family == AF_INET)
		return observers_have(AF_INET, (unsigned char *)&a.v4.sin_addr, ntohs(a.v4.sin_port));
	return a.any.sa_family == AF_INET6 && observers_have(AF_INET6, a.v6.sin6_addr.s6_addr, ntohs(a.v6.sin6_port));
}

/** What another process's socket is; pidfds name thread group leaders, hence the leader's table of descriptors. */
static enum subject_kind kind_of_socket(pid_t tid, int fd)
{
	int family = -1;
	bool observer = false;
	socklen_t size = sizeof family;
	int pidfd = (int)syscall(SYS_pidfd_open, path_leader(tid), 0);
	int copy = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy >= 0) {
		getsockopt(copy, SOL_SOCKET, SO_DOMAIN, &family, &size);
		observer = leads_to_observer(copy);
		close(copy);
	}
	if (pidfd >= 0)
		close(pidfd);
	return observer ? SUBJECT_OBSERVER : kind_of_family(family);
}

static void find_fd(struct subject *out, pid_t tid, int fd, const struct spool *stdio, bool with_path)
{
	char link[64];
	struct stat st;
	snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, fd);
	out->kind = SUBJECT_OTHER;
	if (stat(link, &st) < 0)
		return;
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode))
		out->kind = SUBJECT_FILE;
	else if (S_ISSOCK(st.st_mode))
		out->kind = kind_of_socket(tid, fd);
	for (int i = 0; i < 2; i++)
		if (st.st_dev == stdio[i].dev && st.st_ino == stdio[i].inode)
			out->kind = SUBJECT_STDIO;
	if (with_path)
		path_of_link(out->path, link);
}

void subject_find(struct subject *out, const struct seccomp_notif *call, const struct spool *stdio, bool with_path)
{
	struct shape shape = shape_of(call->data.nr);
	pid_t tid = (pid_t)call->pid;
	const __u64 *args = call->data.args;
	out->kind = SUBJECT_NONE;
	out->path[0] = out->path2[0] = 0;
	if (shape.fd && (int)args[shape.fd - 1] >= 0) {
		find_fd(out, tid, (int)args[shape.fd - 1], stdio, with_path);
		return;
	}
	if (shape.family)
		out->kind = kind_of_family((int)args[shape.family - 1]);
	if (!shape.path)
		return;
	out->kind = SUBJECT_FILE;
	if (!with_path)
		return;
	path_of_argument(out->path, tid, shape.path_dir ? (int)args[shape.path_dir - 1] : AT_FDCWD, args[shape.path - 1]);
	if (shape.path2)
		path_of_argument(out->path2, tid, shape.path2_dir ? (int)args[shape.path2_dir - 1] : AT_FDCWD, args[shape.path2 - 1]);
}
