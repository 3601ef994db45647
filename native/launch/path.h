#pragma once
#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

/** The process (thread group) of a thread; the thread itself when that cannot be read. */
pid_t path_leader(pid_t tid);

/** Where a link of /proc leads, without the kernel's mark for deleted files; empty when it cannot be read. */
void path_of_link(char out[PATH_MAX], const char *link);

/**
 * The path that a thread passed at `address`, made absolute by its working directory or by the directory `dir_fd`, with `.` and `..`
 * taken out. Empty when it cannot be read. An empty argument stands for `dir_fd` itself.
 */
void path_of_argument(char out[PATH_MAX], pid_t tid, int dir_fd, uint64_t address);
