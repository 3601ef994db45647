#include "shape.h"

#include <sys/syscall.h>

#include "common/syscall_names.h"

#define FD1(call) [SYS_##call] = { .fd = 1 }
#define PATH1(call) [SYS_##call] = { .path = 1 }
#define AT12(call) [SYS_##call] = { .path_dir = 1, .path = 2 }

static const struct shape shapes[SYSCALL_MAX] = {
	FD1(read), FD1(write), FD1(readv), FD1(writev), FD1(pread64), FD1(pwrite64), FD1(preadv), FD1(pwritev), FD1(preadv2), FD1(pwritev2),
	FD1(close), FD1(fstat), FD1(lseek), FD1(ioctl), FD1(fcntl), FD1(flock), FD1(fsync), FD1(fdatasync), FD1(sync_file_range),
	FD1(syncfs), FD1(ftruncate), FD1(fallocate), FD1(fadvise64), FD1(fchdir), FD1(fchmod), FD1(fchown), FD1(getdents64), FD1(dup), FD1(dup3),
	FD1(fstatfs), FD1(fsetxattr), FD1(fgetxattr), FD1(readahead), FD1(sendfile), FD1(vmsplice), FD1(tee),
	FD1(bind), FD1(connect), FD1(listen), FD1(accept), FD1(accept4), FD1(sendto), FD1(sendmsg), FD1(sendmmsg), FD1(recvfrom), FD1(recvmsg),
	FD1(recvmmsg), FD1(shutdown), FD1(getsockname), FD1(getpeername), FD1(setsockopt), FD1(getsockopt), FD1(epoll_ctl), FD1(epoll_pwait),
	[SYS_splice] = { .fd = 3 },
	[SYS_copy_file_range] = { .fd = 3 },
	[SYS_mmap] = { .fd = 5 },
	[SYS_socket] = { .family = 1 },
	[SYS_socketpair] = { .family = 1 },
	AT12(openat), AT12(openat2), AT12(mkdirat), AT12(mknodat), AT12(unlinkat), AT12(fchmodat), AT12(fchownat), AT12(faccessat),
	AT12(faccessat2),
	AT12(readlinkat), AT12(newfstatat), AT12(utimensat), AT12(statx), AT12(execveat), AT12(name_to_handle_at),
	PATH1(truncate), PATH1(statfs), PATH1(chdir), PATH1(chroot), PATH1(execve), PATH1(setxattr), PATH1(getxattr), PATH1(lsetxattr),
	[SYS_renameat2] = { .path_dir = 1, .path = 2, .path2_dir = 3, .path2 = 4 },
	[SYS_linkat] = { .path_dir = 1, .path = 2, .path2_dir = 3, .path2 = 4 },
	[SYS_symlinkat] = { .path = 1, .path2_dir = 2, .path2 = 3 },
#ifdef SYS_renameat
	[SYS_renameat] = { .path_dir = 1, .path = 2, .path2_dir = 3, .path2 = 4 },
#endif
#ifdef SYS_open
	PATH1(open), PATH1(creat), PATH1(stat), PATH1(lstat), PATH1(access), PATH1(mkdir), PATH1(rmdir), PATH1(unlink), PATH1(readlink),
	PATH1(chmod), PATH1(chown), PATH1(lchown), PATH1(mknod), PATH1(utime), PATH1(utimes), FD1(dup2), FD1(getdents), FD1(epoll_wait),
	[SYS_rename] = { .path = 1, .path2 = 2 },
	[SYS_link] = { .path = 1, .path2 = 2 },
	[SYS_symlink] = { .path = 1, .path2 = 2 },
#endif
};

struct shape shape_of(int nr)
{
	return nr >= 0 && nr < SYSCALL_MAX ? shapes[nr] : (struct shape){ 0 };
}
