#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

enum { NOT_YET = -1 };

/** Shared with the child: it may make no system call between its filter and our confirmation, because any of them could trap. */
struct handover {
	atomic_int listener;
	atomic_int confirmed;
	int error;
	char step[32];
};

static struct handover *shared;

static _Noreturn void give_up(const char *step)
{
	shared->error = errno;
	strncpy(shared->step, step, sizeof shared->step - 1);
	_exit(127);
}

static void relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("yield");
#endif
}

static void reset_signals(void)
{
	sigset_t none;
	struct sigaction deflt = { .sa_handler = SIG_DFL };
	for (int s = 1; s < NSIG; s++)
		sigaction(s, &deflt, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_stdio(int out_fd, int err_fd)
{
	int in = open("/dev/null", O_RDONLY);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(err_fd, 2) < 0)
		give_up("stdio");
	if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		give_up("close_range");
}

static void set_filter(const struct options *o)
{
	int listener = filter_install(o);
	if (listener < 0)
		give_up("seccomp");
	atomic_store(&shared->listener, listener);
	while (!atomic_load(&shared->confirmed))
		relax();
}

static _Noreturn void run_child(const struct options *o, int out_fd, int err_fd)
{
	setsid();
	reset_signals();
	set_stdio(out_fd, err_fd);
	if (chdir(o->cwd) < 0)
		give_up("chdir");
	if (o->has_filter)
		set_filter(o);
	if (o->has_user) {
		if (setresgid(o->gid, o->gid, o->gid) < 0 || setgroups(o->group_count, o->groups) < 0)
			give_up("groups");
		if (setresuid(o->uid, o->uid, o->uid) < 0)
			give_up("user");
	}
	execvp(o->argv[0], o->argv);
	give_up("exec");
}

static int take_listener(struct child *c)
{
	struct timespec pause = { .tv_nsec = 20000 };
	siginfo_t gone = { 0 };
	while (atomic_load(&shared->listener) == NOT_YET) {
		if (waitid(P_PIDFD, (id_t)c->pidfd, &gone, WEXITED | WNOHANG | WNOWAIT) == 0 && gone.si_pid)
			return 0;
		nanosleep(&pause, NULL);
	}
	c->listener = (int)syscall(SYS_pidfd_getfd, c->pidfd, atomic_load(&shared->listener), 0);
	if (c->listener < 0)
		return errno;
	unsigned long sync_wake_up = SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP;
	ioctl(c->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, sync_wake_up);
	atomic_store(&shared->confirmed, 1);
	return 0;
}

int child_start(struct child *c, const struct options *o, int cgroup_fd, int out_fd, int err_fd, const char **why)
{
	int exec_pipe[2];
	*c = (struct child){ .pid = -1, .pidfd = -1, .listener = -1, .exec_fd = -1 };
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*why = "no memory or pipe for the hand-over";
	if (shared == MAP_FAILED || pipe2(exec_pipe, O_CLOEXEC) < 0)
		return errno;
	atomic_store(&shared->listener, NOT_YET);
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP | CLONE_PIDFD,
		.pidfd = (uintptr_t)&c->pidfd,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup_fd,
	};
	long pid = syscall(SYS_clone3, &args, sizeof args);
	*why = "the process cannot be cloned into its cgroup";
	if (pid < 0)
		return errno;
	if (pid == 0)
		run_child(o, out_fd, err_fd);
	close(exec_pipe[1]);
	c->pid = (pid_t)pid;
	c->exec_fd = exec_pipe[0];
	*why = "the seccomp listener cannot be taken over";
	return o->has_filter ? take_listener(c) : 0;
}

int child_exec_result(struct child *c, const char **step)
{
	close(c->exec_fd);
	c->exec_fd = -1;
	*step = shared->step;
	return shared->error;
}
