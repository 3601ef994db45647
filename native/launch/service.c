#include "service.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/clock.h"

enum { LOOK_BUSY_NS = 1000000, LOOK_IDLE_NS = 5000000 };

static bool fail(struct service *s, int error, const char *what)
{
	channel_say(&s->channel, "failed %d %s: %s", error, what, strerror(error));
	return false;
}

bool service_prepare(struct service *s)
{
	const struct options *o = &s->options;
	uid_t uid = o->has_user ? o->uid : getuid();
	gid_t gid = o->has_user ? o->gid : getgid();
	s->kill_at_ns = UINT64_MAX;
	s->look_every_ns = LOOK_BUSY_NS;
	s->child.exec_fd = s->child.pidfd = s->child.listener = -1;
	s->cgroup_fd = open(o->cgroup_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->cgroup_fd < 0)
		return fail(s, errno, o->cgroup_dir);
	s->events_fd = cgroup_events_open(s->cgroup_fd);
	if (s->events_fd < 0)
		return fail(s, errno, "no cgroup.events in the cgroup directory");
	if (spool_open(&s->stdio[0], "stdout", o->stdout_file, uid, gid) < 0)
		return fail(s, errno, o->stdout_file);
	if (spool_open(&s->stdio[1], "stderr", o->stderr_file, uid, gid) < 0)
		return fail(s, errno, o->stderr_file);
	channel_say(&s->channel, "pipes %d %d %lu %lu", s->stdio[0].read_fd, s->stdio[1].read_fd, (unsigned long)s->stdio[0].inode,
		    (unsigned long)s->stdio[1].inode);
	return true;
}

bool service_start(struct service *s)
{
	const char *why;
	int error = child_start(&s->child, &s->options, s->cgroup_fd, s->stdio[0].write_fd, s->stdio[1].write_fd, &why);
	close(s->stdio[0].write_fd);
	close(s->stdio[1].write_fd);
	s->faults.listener = s->child.listener;
	s->faults.channel = &s->channel;
	s->faults.stdio = s->stdio;
	s->running = !error;
	return error ? fail(s, error, why) : true;
}

void service_started(struct service *s)
{
	const char *step;
	int error = child_exec_result(&s->child, &step);
	s->failed = error != 0;
	if (error)
		channel_say(&s->channel, "failed %d %s %s: %s", error, step, s->options.argv[0], strerror(error));
	else
		channel_say(&s->channel, "exec %d %" PRIu64, s->child.pid, now_ns());
}

static void signal_orphans(struct service *s, int signal)
{
	char list[65536];
	int fd = openat(s->cgroup_fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, list, sizeof list - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return;
	list[n] = 0;
	for (char *rest = list, *word; (word = strsep(&rest, "\n")) && *word;)
		kill((pid_t)strtol(word, NULL, 10), signal);
}

void service_reap(struct service *s)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
		if (pid != s->child.pid)
			continue;
		if (s->child.exec_fd >= 0)
			service_started(s);
		s->running = false;
		if (s->failed)
			continue;
		if (WIFEXITED(status))
			channel_say(&s->channel, "exited %d %" PRIu64, WEXITSTATUS(status), now_ns());
		else
			channel_say(&s->channel, "signalled %d %" PRIu64, WTERMSIG(status), now_ns());
		if (s->stopping)
			signal_orphans(s, SIGTERM);
	}
}

static void stop(struct service *s, uint64_t grace_ms)
{
	s->stopping = true;
	s->kill_at_ns = now_ns() + grace_ms * 1000000ull;
	if (s->running)
		syscall(SYS_pidfd_send_signal, s->child.pidfd, SIGTERM, NULL, 0);
	else
		signal_orphans(s, SIGTERM);
}

static void drain(struct service *s, const char *barrier)
{
	faults_serve(&s->faults, 4096);
	faults_release(&s->faults);
	service_reap(s);
	spool_drain(&s->stdio[0], &s->channel);
	spool_drain(&s->stdio[1], &s->channel);
	channel_say(&s->channel, "drained %s %" PRIu64 " %" PRIu64, barrier, s->stdio[0].position, s->stdio[1].position);
}

void service_command(struct service *s, char *line)
{
	char *rest = line;
	const char *verb = strsep(&rest, " ");
	if (!strcmp(verb, "arm") && rest)
		faults_arm(&s->faults, rest);
	else if (!strcmp(verb, "disarm") && rest)
		faults_disarm(&s->faults, rest);
	else if (!strcmp(verb, "drain") && rest)
		drain(s, rest);
	else if (!strcmp(verb, "signal") && rest && s->running)
		syscall(SYS_pidfd_send_signal, s->child.pidfd, atoi(rest), NULL, 0);
	else if (!strcmp(verb, "stop") && rest)
		stop(s, strtoull(rest, NULL, 10));
	else if (!strcmp(verb, "kill"))
		cgroup_kill(s->cgroup_fd);
}

void service_look(struct service *s)
{
	uint64_t now = now_ns();
	if (now < s->look_at_ns)
		return;
	uint64_t moved = spool_move(&s->stdio[0], &s->channel) + spool_move(&s->stdio[1], &s->channel);
	uint64_t slower = s->look_every_ns + LOOK_BUSY_NS;
	s->look_every_ns = moved ? LOOK_BUSY_NS : slower < LOOK_IDLE_NS ? slower : LOOK_IDLE_NS;
	s->look_at_ns = now + (moved > (512 << 10) ? 0 : s->look_every_ns);
	if (!s->running && s->child.exec_fd < 0 && !cgroup_populated(s->events_fd)) {
		spool_drain(&s->stdio[0], &s->channel);
		spool_drain(&s->stdio[1], &s->channel);
		s->empty = true;
	}
}

void service_expire(struct service *s)
{
	if (now_ns() < s->kill_at_ns)
		return;
	s->kill_at_ns = UINT64_MAX;
	cgroup_kill(s->cgroup_fd);
}

void service_abandon(struct service *s)
{
	struct pollfd p = { .fd = s->events_fd, .events = POLLPRI };
	uint64_t until_ns = now_ns() + 2000000000ull;
	cgroup_kill(s->cgroup_fd);
	while (cgroup_populated(s->events_fd) && now_ns() < until_ns) {
		poll(&p, 1, 10);
		service_reap(s);
	}
	spool_drain(&s->stdio[0], &s->channel);
	spool_drain(&s->stdio[1], &s->channel);
}
