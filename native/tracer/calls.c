#include "calls.h"

#include <stddef.h>
#include <string.h>

#include "common/syscall_names.h"

#define PLAIN_FD(name) { name, { .class = CALL_FD, .fd = 1 } }
#define ONE_PATH(name) { name, { .class = CALL_PATH, .path = 1 } }
#define AT_PATH(name) { name, { .class = CALL_PATH, .dir = 1, .path = 2 } }
#define VECTOR(kind, name) { name, { .class = kind, .fd = 1, .iovec = 2 } }
#define VECTOR_AT(kind, name) { name, { .class = kind, .fd = 1, .iovec = 2, .offset = 4 } }

static const struct {
	const char *name;
	struct call_layout layout;
} selected[] = {
	{ "clone", { .class = CALL_CLONE, .flags = 1 } },
	{ "clone3", { .class = CALL_CLONE, .flags = 1, .memory = 1 } },
	{ "fork", { .class = CALL_CLONE } },
	{ "vfork", { .class = CALL_CLONE } },
	{ "execve", { .class = CALL_EXEC, .path = 1 } },
	{ "execveat", { .class = CALL_EXEC, .dir = 1, .path = 2 } },
	{ "wait4", { .class = CALL_WAIT } },
	{ "waitid", { .class = CALL_WAIT, .memory = 3, .memory_at = 8 } },
	{ "open", { .class = CALL_OPEN, .path = 1, .flags = 2 } },
	{ "creat", { .class = CALL_OPEN, .path = 1 } },
	{ "openat", { .class = CALL_OPEN, .dir = 1, .path = 2, .flags = 3 } },
	{ "openat2", { .class = CALL_OPEN, .dir = 1, .path = 2, .flags = 3, .memory = 3 } },
	{ "rename", { .class = CALL_PATH, .path = 1, .path2 = 2 } },
	{ "renameat", { .class = CALL_PATH, .dir = 1, .path = 2, .dir2 = 3, .path2 = 4 } },
	{ "renameat2", { .class = CALL_PATH, .dir = 1, .path = 2, .dir2 = 3, .path2 = 4, .flags = 5 } },
	{ "link", { .class = CALL_PATH, .path = 1, .path2 = 2 } },
	{ "linkat", { .class = CALL_PATH, .dir = 1, .path = 2, .dir2 = 3, .path2 = 4, .flags = 5 } },
	{ "symlink", { .class = CALL_PATH, .path = 1, .path2 = 2 } },
	{ "symlinkat", { .class = CALL_PATH, .path = 1, .dir2 = 2, .path2 = 3 } },
	{ "truncate", { .class = CALL_PATH, .path = 1, .size = 2 } },
	ONE_PATH("unlink"), ONE_PATH("rmdir"), ONE_PATH("mkdir"), AT_PATH("unlinkat"), AT_PATH("mkdirat"),
	{ "ftruncate", { .class = CALL_FD, .fd = 1, .size = 2 } },
	{ "fallocate", { .class = CALL_FD, .fd = 1, .flags = 2, .offset = 3, .size = 4 } },
	PLAIN_FD("fsync"), PLAIN_FD("fdatasync"), PLAIN_FD("listen"), PLAIN_FD("shutdown"),
	{ "sync_file_range", { .class = CALL_FD, .fd = 1, .offset = 2, .size = 3, .flags = 4 } },
	{ "msync", { .class = CALL_WAIT, .size = 2, .flags = 3 } },
	{ "read", { .class = CALL_READ, .fd = 1, .size = 3 } },
	{ "pread64", { .class = CALL_READ, .fd = 1, .size = 3, .offset = 4 } },
	{ "recvfrom", { .class = CALL_READ, .fd = 1, .size = 3, .flags = 4 } },
	{ "recvmsg", { .class = CALL_READ, .fd = 1, .msghdr = 2, .flags = 3 } },
	{ "recvmmsg", { .class = CALL_READ, .fd = 1, .flags = 4 } },
	VECTOR(CALL_READ, "readv"), VECTOR_AT(CALL_READ, "preadv"), VECTOR_AT(CALL_READ, "preadv2"),
	{ "write", { .class = CALL_WRITE, .fd = 1, .data = 2, .size = 3 } },
	{ "pwrite64", { .class = CALL_WRITE, .fd = 1, .data = 2, .size = 3, .offset = 4 } },
	{ "sendto", { .class = CALL_WRITE, .fd = 1, .size = 3, .flags = 4 } },
	{ "sendmsg", { .class = CALL_WRITE, .fd = 1, .msghdr = 2, .flags = 3 } },
	{ "sendmmsg", { .class = CALL_WRITE, .fd = 1, .flags = 4 } },
	{ "sendfile", { .class = CALL_WRITE, .fd = 1, .size = 4 } },
	{ "splice", { .class = CALL_WRITE, .fd = 3, .size = 5, .flags = 6 } },
	{ "copy_file_range", { .class = CALL_WRITE, .fd = 3, .size = 5, .flags = 6 } },
	VECTOR(CALL_WRITE, "writev"), VECTOR_AT(CALL_WRITE, "pwritev"), VECTOR_AT(CALL_WRITE, "pwritev2"),
	{ "bind", { .class = CALL_BIND, .fd = 1 } },
	{ "connect", { .class = CALL_BIND, .fd = 1 } },
	{ "accept", { .class = CALL_ACCEPT, .fd = 1 } },
	{ "accept4", { .class = CALL_ACCEPT, .fd = 1, .flags = 4 } },
	{ "close", { .class = CALL_CLOSE, .fd = 1 } },
	{ "io_uring_setup", { .class = CALL_IO_URING } },
};

void calls_fill(struct call_layout layouts[MAX_CALLS])
{
	for (size_t i = 0; i < sizeof selected / sizeof *selected; i++) {
		int nr = syscall_number(selected[i].name);
		if (nr >= 0)
			layouts[nr] = selected[i].layout;
	}
}

const char *calls_name(int nr, enum call_class class)
{
	const char *name = syscall_name(nr);
	if (nr == calls_exit_number())
		return "exit";
	if (class == CALL_CLONE)
		return "clone";
	if (class == CALL_EXEC)
		return "execve";
	return class == CALL_WAIT && name && !strcmp(name, "waitid") ? "wait4" : name;
}

int calls_exit_number(void)
{
	static int nr = -1;
	if (nr < 0)
		nr = syscall_number("exit");
	return nr;
}
