/* launch: starts one service in its cgroup, keeps its output, strikes its system calls with faults, ends it. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/clock.h"
#include "service.h"

static struct service service;

static int open_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/** Waits until something is to be done: at most until the pipes, a held call or the end of a grace period are due. */
static void wait_for_work(struct service *s, uint64_t held_ns)
{
	struct pollfd p[] = {
		{ .fd = s->channel.fd, .events = (short)(POLLIN | (channel_pending(&s->channel) ? POLLOUT : 0)) },
		{ .fd = s->signal_fd, .events = POLLIN },
		{ .fd = s->events_fd, .events = POLLPRI },
		{ .fd = s->child.exec_fd, .events = POLLIN },
		{ .fd = s->faults.listener, .events = POLLIN },
	};
	uint64_t now = now_ns(), due = s->look_at_ns < s->kill_at_ns ? s->look_at_ns : s->kill_at_ns;
	uint64_t wait_ns = due > now ? due - now : 0;
	if (held_ns < wait_ns)
		wait_ns = held_ns;
	struct timespec t = { .tv_sec = (time_t)(wait_ns / 1000000000), .tv_nsec = (long)(wait_ns % 1000000000) };
	ppoll(p, 5, &t, NULL);
	if (p[3].revents)
		service_started(s);
	if (p[2].revents & POLLPRI && !cgroup_populated(s->events_fd))
		s->look_at_ns = 0;
	if (p[1].revents) {
		struct signalfd_siginfo info;
		while (read(s->signal_fd, &info, sizeof info) == sizeof info)
			if (info.ssi_signo != SIGCHLD)
				s->channel.ended = true;
		service_reap(s);
		s->look_at_ns = 0;
	}
}

static void serve(struct service *s)
{
	while (!s->empty && !s->channel.ended) {
		faults_serve(&s->faults, 64);
		uint64_t held_ns = faults_release(&s->faults);
		service_look(s);
		service_expire(s);
		channel_flush(&s->channel);
		if (s->empty)
			break;
		wait_for_work(s, held_ns);
		channel_read(&s->channel);
		for (char *line; (line = channel_line(&s->channel));)
			service_command(s, line);
	}
}

/** Sends what is left, waiting for a reader that is slow but alive. */
static void flush_all(struct channel *ch)
{
	struct pollfd p = { .fd = ch->fd, .events = POLLOUT };
	for (channel_flush(ch); channel_pending(ch) && !ch->ended; channel_flush(ch))
		poll(&p, 1, -1);
}

/**
 * Stays until the runner closes the channel. Were it closed here, an order that is on its way would be a write error for the runner, and
 * with it what it has not read yet would be lost: the last words.
 */
static void linger(struct service *s)
{
	struct pollfd p = { .fd = s->channel.fd, .events = POLLIN };
	flush_all(&s->channel);
	while (!s->channel.ended) {
		poll(&p, 1, -1);
		channel_read(&s->channel);
		for (char *line; (line = channel_line(&s->channel));)
			service_command(s, line);
		flush_all(&s->channel);
	}
}

/** Waits for `go`; false when the runner is gone. */
static bool wait_for_go(struct channel *ch)
{
	struct pollfd p = { .fd = ch->fd, .events = POLLIN };
	flush_all(ch);
	while (!ch->ended) {
		char *line = channel_line(ch);
		if (line && !strcmp(line, "go"))
			return true;
		if (line)
			continue;
		poll(&p, 1, -1);
		channel_read(ch);
	}
	return false;
}

int main(int argc, char **argv)
{
	struct service *s = &service;
	if (channel_open(&s->channel) < 0) {
		fprintf(stderr, "launch is started by faultbox, with its channel on file descriptor 3\n");
		return 2;
	}
	const char *wrong = options_read(&s->options, argc, argv);
	if (wrong) {
		channel_say(&s->channel, "failed %d %s", EINVAL, wrong);
		flush_all(&s->channel);
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	s->signal_fd = open_signals();
	bool ready = service_prepare(s);
	if (ready && !wait_for_go(&s->channel))
		return 0;
	if (!ready || !service_start(s)) {
		flush_all(&s->channel);
		return 1;
	}
	serve(s);
	if (!s->empty) {
		service_abandon(s);
		flush_all(&s->channel);
		return 0;
	}
	channel_say(&s->channel, "empty %" PRIu64 " %" PRIu64 " %" PRIu64, now_ns(), s->stdio[0].position, s->stdio[1].position);
	linger(s);
	return 0;
}
