#pragma once
#include <stdbool.h>

struct ports_bpf;

/**
 * Loads the BPF programs and attaches them to the run's cgroup. `test_level` is the depth of a test's cgroup. `*net_faults` says whether
 * they can deny connects. NULL with errno.
 */
struct ports_bpf *programs_open(int cgroup_fd, int test_level, bool *net_faults);

/** Detaches the programs and frees them. */
void programs_close(struct ports_bpf *bpf);
