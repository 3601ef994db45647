#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Sends SIGKILL to every process of the cgroup directory `dir_fd` and below it, forks in flight included. 0, or -1 with errno. */
int cgroup_kill(int dir_fd);

/** Opens `cgroup.events`; poll it for POLLPRI. -1 with errno. */
int cgroup_events_open(int dir_fd);

/** Whether the cgroup of that events file, or one below it, has a process. */
bool cgroup_populated(int events_fd);

/** The kernel's id of the cgroup directory, as BPF programs see it; 0 with errno when it is none. */
uint64_t cgroup_id(const char *dir);

/** How deep below the root of its file system a cgroup directory lies; -1 when it cannot be read. */
int cgroup_depth(const char *dir);

/** Kills what lives in `dir`, waits at most `wait_ms` until it is empty, and removes it with every cgroup below. 0, or -1 with errno. */
int cgroup_remove_tree(const char *dir, int wait_ms);
