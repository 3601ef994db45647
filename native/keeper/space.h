#pragma once
#include <stdint.h>

/** The port spaces of a run's tests: the BPF programs and the leases in their maps. */

/** Loads the programs and attaches them to the run's cgroup. `test_level` is the depth of a test's cgroup. 0, or an errno. */
int space_open(int cgroup_fd, int test_level);

/** Puts ports into the pool that binds draw from, when it runs low. */
void space_refill(void);

/** The leased port that stands for `port` in the test, leased now if it was not; 0 when none is left. */
uint16_t space_lease(uint64_t test, uint16_t port);

/** Takes all leases of a test back. */
void space_release(uint64_t test);

/** Detaches the programs. */
void space_close(void);
