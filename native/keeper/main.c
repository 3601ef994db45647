/* keeper: holds what a run has of the machine (lock, cgroups, port spaces) and ends it with the run, or for a run that died. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cgroup.h"
#include "common/channel.h"
#include "connects.h"
#include "home.h"
#include "programs.h"
#include "space.h"
#include "tests.h"

enum { REFILL_MS = 100, HITS_MS = 5 };

static struct channel channel;
static struct home home;
static struct ports_bpf *programs;
static bool net_faults;

static void failed(const char *n, const char *code, const char *what)
{
	channel_say(&channel, "failed %s %s %s", n, code, what);
}

static void add_test(const char *n, const char *name)
{
	struct test *t = tests_find(name) ? NULL : tests_add(home.cgroup_dir, name);
	space_refill();
	if (t)
		channel_say(&channel, "ok %s %s", n, t->dir);
	else
		failed(n, "E_CGROUP", "the test's cgroup cannot be made, or there is one already");
}

static void add_service(const char *n, struct test *t, const char *service)
{
	char dir[PATH_MAX];
	if (tests_add_service(t, service, dir) == 0)
		channel_say(&channel, "ok %s %s", n, dir);
	else
		failed(n, "E_CGROUP", strerror(errno));
}

static void add_lease(const char *n, struct test *t, const char *port)
{
	unsigned long seen = strtoul(port, NULL, 10);
	uint16_t leased = seen && seen < 65536 ? space_lease(t->cgroup, (uint16_t)seen) : 0;
	if (leased)
		channel_say(&channel, "ok %s %u", n, leased);
	else
		failed(n, "E_PORTS", "no port can be leased: it is not one from 1 to 65535, or other runs hold them all");
}

static void end_test(const char *n, struct test *t)
{
	uint64_t cgroup = t->cgroup;
	connects_say();
	connects_forget(t->dir);
	tests_end(t);
	space_release(cgroup);
	channel_say(&channel, "ok %s", n);
}

static void arm(const char *n, const char *dir, char *rule)
{
	size_t length = strlen(home.cgroup_dir);
	bool ours = !strncmp(dir, home.cgroup_dir, length) && dir[length] == '/';
	const char *wrong = !ours ? "that cgroup is none of this run" : !net_faults ? "the kernel cannot do it" : connects_arm(dir, rule);
	if (wrong)
		failed(n, "E_ARM", wrong);
	else
		channel_say(&channel, "ok %s", n);
}

static void disarm(const char *n, const char *dir, const char *rule)
{
	connects_disarm(dir, rule);
	channel_say(&channel, "ok %s", n);
}

static void drain(const char *n)
{
	if (connects_drain())
		channel_say(&channel, "ok %s", n);
	else
		failed(n, "E_DRAIN", "a struck connect has not told its hit within a second");
}

static void command(char *line)
{
	char *n = strsep(&line, " "), *verb = line ? strsep(&line, " ") : NULL, *name = line ? strsep(&line, " ") : NULL;
	if (!name) {
		failed(n, "E_USAGE", "a request is a number, a verb and a test or a cgroup");
		return;
	}
	if (line && !strcmp(verb, "arm")) {
		arm(n, name, line);
		return;
	}
	if (line && !strcmp(verb, "disarm")) {
		disarm(n, name, line);
		return;
	}
	struct test *t = tests_find(name);
	if (!strcmp(verb, "test"))
		add_test(n, name);
	else if (!t)
		failed(n, "E_TEST", "there is no such test");
	else if (!strcmp(verb, "end"))
		end_test(n, t);
	else if (!strcmp(verb, "drain"))
		drain(n);
	else if (!strcmp(verb, "service") && line)
		add_service(n, t, line);
	else if (!strcmp(verb, "lease") && line)
		add_lease(n, t, line);
	else
		failed(n, "E_USAGE", "a request is test, service, lease, arm, disarm, drain or end");
}

static void serve(void)
{
	struct pollfd p = { .fd = channel.fd };
	for (channel_flush(&channel); !channel.ended; channel_flush(&channel)) {
		p.events = (short)(POLLIN | (channel_pending(&channel) ? POLLOUT : 0));
		if (poll(&p, 1, connects_armed() ? HITS_MS : REFILL_MS) == 0)
			space_refill();
		connects_say();
		channel_read(&channel);
		for (char *line; (line = channel_line(&channel));)
			command(line);
	}
}

/** Loads the programs onto the run's cgroup. 0, or an errno. */
static int open_programs(void)
{
	int fd = open(home.cgroup_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	programs = fd < 0 ? NULL : programs_open(fd, cgroup_depth(home.cgroup_dir) + 1, &net_faults);
	int error = programs ? connects_open(programs, &channel) : errno;
	if (fd >= 0)
		close(fd);
	if (!error)
		space_open(programs);
	return error;
}

/** Opens everything and says `ready`, or `failed`; false then. */
static bool open_all(const char *run)
{
	const char *code, *wrong = home_open(&home, run, &code);
	if (wrong) {
		channel_say(&channel, "failed %s %s", code, wrong);
		return false;
	}
	int error = open_programs();
	if (error) {
		channel_say(&channel, "failed E_NO_BPF the kernel refused the port programs (%s): they need root and Linux 5.18 or newer",
			    strerror(error));
		home_close(&home);
		return false;
	}
	channel_say(&channel, "ready %s %s %s", home.cgroup_dir, home.dir, net_faults ? "netfaults" : "nonetfaults");
	return true;
}

int main(int argc, char **argv)
{
	if (argc != 3 || strcmp(argv[1], "--run") || channel_open(&channel) < 0) {
		fprintf(stderr, "keeper is started by faultbox, as keeper --run RUN, with its channel on file descriptor 3\n");
		return 2;
	}
	setsid();
	umask(022);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	bool ready = open_all(argv[2]);
	if (!ready) {
		channel_flush(&channel);
		return 1;
	}
	serve();
	home_close(&home);
	connects_close();
	programs_close(programs);
	return 0;
}
