/*
 * engine --dir STORE --lib LIBCHDB: ClickHouse on loopback, for as long as somebody holds STORE/alive open for writing.
 *
 * Two processes. The keeper (this one) holds the lock and the FIFO and keeps the log short; the child loads libchdb.so and serves.
 * The child gives up root before it runs any of the library's queries: it sees the store's data under /tmp of a mount namespace of
 * its own, so the folders above the store may be closed to everybody.
 *
 *   STORE/lock         flock of the one engine of this folder
 *   STORE/alive        FIFO; the engine ends with its last writer
 *   STORE/port         "<port>\n" once the engine listens, empty before
 *   STORE/engine.log   what the engine complains of, at most LOG_MAX bytes a start
 *   STORE/engine/      the child's: config.xml, users.xml (written by the client), data/
 *
 * Exit status: 0 ended with its last holder, or another engine serves this folder; 2 wrong use; 3 the library cannot be loaded;
 * 4 the system refused something; 5 the engine ended by itself.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_HOLDER_MS = 10000, STOP_MS = 3000, TICK_MS = 2, LOG_MAX = 1 << 20, LOG_FD = 2 };

/* No account has this number, so no process of anybody else can reach the engine's memory or files. */
enum { ENGINE_UID = 64771 };

static const char query[] = "SYSTEM START LISTEN HTTP; SELECT sleepEachRow(4000) FROM (SELECT arrayJoin(range(100000))) "
			    "SETTINGS max_block_size = 1 FORMAT Null";

static void fail(int status, const char *what)
{
	fprintf(stderr, "engine: %s: %s\n", what, strerror(errno));
	_exit(status);
}

/** Makes `STORE/engine` the child's own, mounts it as /tmp/engine and gives up root. Without root the folder stays where it is. */
static void leave_root(void)
{
	if (geteuid() != 0) {
		if (chdir("engine") != 0) fail(4, "chdir engine");
		return;
	}
	if (unshare(CLONE_NEWNS) != 0) fail(4, "unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(4, "mount private");
	int source = open("engine", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (source < 0) fail(4, "open engine");
	char from[64];
	snprintf(from, sizeof from, "/proc/self/fd/%d", source);
	if (mount("engine", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=755") != 0) fail(4, "mount /tmp");
	if (mkdir("/tmp/engine", 0755) != 0) fail(4, "mkdir /tmp/engine");
	if (mount(from, "/tmp/engine", NULL, MS_BIND, NULL) != 0) fail(4, "bind the store");
	if (chdir("/tmp/engine") != 0) fail(4, "chdir /tmp/engine");
	gid_t none[1] = { ENGINE_UID };
	if (setgroups(1, none) != 0 || setresgid(ENGINE_UID, ENGINE_UID, ENGINE_UID) != 0 || setresuid(ENGINE_UID, ENGINE_UID, ENGINE_UID) != 0)
		fail(4, "give up root");
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/** The child: loads the library and serves until it is killed. */
static void serve(const char *library, int port, int log, pid_t keeper)
{
	setsid();
	dup2(log, 1);
	dup2(log, LOG_FD);
	int null = open("/dev/null", O_RDONLY);
	dup2(null, 0);
	close_range(3, ~0U, 0);
	void *lib = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
	if (!lib) {
		fprintf(stderr, "engine: %s\n", dlerror());
		_exit(3);
	}
	void *(*run)(int, char **) = dlsym(lib, "chdb_query_cmdline");
	const char *(*error_of)(void *) = dlsym(lib, "chdb_result_error");
	if (!run || !error_of) {
		fprintf(stderr, "engine: %s lacks chdb_query_cmdline\n", library);
		_exit(3);
	}
	leave_root();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != keeper) _exit(0);
	char http[32];
	snprintf(http, sizeof http, "--http_port=%d", port);
	char *args[] = { "clickhouse", "--config-file=config.xml", "--path=data", "--listen_host=127.0.0.1", http, "--query",
			 (char *)query, NULL };
	void *result = run(7, args);
	const char *error = result ? error_of(result) : "no result";
	fprintf(stderr, "engine: %s\n", error ? error : "the serving query ended");
	_exit(5);
}

/** Takes the folder's lock. False when an engine that lives already serves it. */
static bool take_lock(void)
{
	int lock = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0) fail(4, "open lock");
	while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		int writer = open("alive", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (writer >= 0) return false;
		usleep(TICK_MS * 1000);
	}
	return true;
}

/** A port of 127.0.0.1 that was free a moment ago. */
static int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || getsockname(fd, (struct sockaddr *)&a, &len) != 0) fail(4, "find a port");
	close(fd);
	return ntohs(a.sin_port);
}

static bool listens(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) fail(4, "socket");
	bool yes = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
	close(fd);
	return yes;
}

/** Copies what the child complains of into the log, and drops what is too much. */
static void keep_log(int from, int file)
{
	static size_t kept;
	char text[4096];
	ssize_t got;
	while ((got = read(from, text, sizeof text)) > 0) {
		size_t room = LOG_MAX - kept;
		size_t n = (size_t)got < room ? (size_t)got : room;
		ssize_t put = write(file, text, n);
		if (put > 0) kept += (size_t)put;
	}
}

/** Whether nobody holds the FIFO open for writing. Reads and drops what was written into it. */
static bool abandoned(int alive)
{
	char bytes[256];
	ssize_t got;
	while ((got = read(alive, bytes, sizeof bytes)) > 0)
		;
	return got == 0;
}

/**
 * Decides whether to end. The FIFO is moved away first, so nobody can join any more; then a last look says whether somebody had
 * joined before that.
 */
static bool may_end(int alive)
{
	if (!abandoned(alive)) return false;
	if (rename("alive", "alive.ending") != 0) return true;
	if (abandoned(alive)) return true;
	rename("alive.ending", "alive");
	return false;
}

static int exit_status(pid_t child, int log)
{
	int status;
	if (waitpid(child, &status, 0) < 0) return 4;
	if (WIFEXITED(status)) return WEXITSTATUS(status) ? WEXITSTATUS(status) : 5;
	dprintf(log, "engine: killed by signal %d\n", WTERMSIG(status));
	return 5;
}

/** Waits for the child's end or for the last holder's, whichever comes first. */
static int watch(pid_t child, int port, int alive, int complaints, int log)
{
	int port_file = open("port", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (port_file < 0) fail(4, "open port");
	bool listening = false, held = false;
	for (int waited_ms = 0;;) {
		struct pollfd fds[] = { { complaints, POLLIN, 0 }, { alive, POLLIN, 0 } };
		poll(fds, listening && held ? 2 : 1, listening && held ? -1 : TICK_MS);
		keep_log(complaints, log);
		if (fds[0].revents & POLLHUP) return exit_status(child, log);
		if (!listening && (listening = listens(port))) dprintf(port_file, "%d\n", port);
		if (!held) {
			held = !abandoned(alive);
			waited_ms += TICK_MS;
			if (held || waited_ms < FIRST_HOLDER_MS) continue;
		}
		if (may_end(alive)) break;
	}
	if (ftruncate(port_file, 0) != 0) fail(4, "empty port");
	kill(child, SIGTERM);
	for (int ms = 0; ms < STOP_MS && waitpid(child, NULL, WNOHANG) == 0; ms += TICK_MS) usleep(TICK_MS * 1000);
	kill(child, SIGKILL);
	return 0;
}

/** Makes the FIFO and the child's folder. The read end of the FIFO. */
static int prepare(void)
{
	unlink("alive.ending");
	if (mkfifo("alive", 0600) != 0 && errno != EEXIST) fail(4, "mkfifo alive");
	if (geteuid() == 0) {
		if (chown("engine", ENGINE_UID, ENGINE_UID) != 0) fail(4, "chown engine");
	}
	int alive = open("alive", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (alive < 0) fail(4, "open alive");
	return alive;
}

int main(int argc, char **argv)
{
	if (argc != 5 || strcmp(argv[1], "--dir") != 0 || strcmp(argv[3], "--lib") != 0) {
		fprintf(stderr, "engine is started by faultbox itself: engine --dir STORE --lib LIBCHDB\n");
		return 2;
	}
	if (chdir(argv[2]) != 0) fail(4, argv[2]);
	signal(SIGPIPE, SIG_IGN);
	if (!take_lock()) return 0;
	int port = free_port();
	int log = open("engine.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0) fail(4, "open engine.log");
	int alive = prepare();
	int complaints[2];
	if (pipe2(complaints, O_CLOEXEC) != 0) fail(4, "pipe");
	fcntl(complaints[0], F_SETFL, O_NONBLOCK);
	pid_t self = getpid();
	pid_t child = fork();
	if (child < 0) fail(4, "fork");
	if (child == 0) serve(argv[4], port, complaints[1], self);
	close(complaints[1]);
	return watch(child, port, alive, complaints[0], log);
}
