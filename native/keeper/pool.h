#pragma once
#include <stdint.h>

/** Where the pool's own locks lie. */
#define POOL_DIR "/run/faultbox/ports"

/**
 * Takes the next port that no other run holds and that nothing listens on; 0 when there is none. Ports are held in blocks, by a lock
 * that ends with this process.
 */
uint16_t pool_take(void);

/** Gives a port back, for a later pool_take. */
void pool_give(uint16_t port);
