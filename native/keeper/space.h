#pragma once
#include <stdint.h>

struct ports_bpf;

/** The port spaces of a run's tests: the leases in the programs' maps. */

/** Takes the loaded programs, and fills the pool. */
void space_open(struct ports_bpf *programs);

/** Puts ports into the pool that binds draw from, when it runs low. */
void space_refill(void);

/** The leased port that stands for `port` in the test, leased now if it was not; 0 when none is left. */
uint16_t space_lease(uint64_t test, uint16_t port);

/** Takes all leases of a test back. */
void space_release(uint64_t test);
