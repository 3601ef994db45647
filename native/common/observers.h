#pragma once
#include <stdbool.h>
#include <stdint.h>

/** Source ports of our own connections to services: above those that the kernel hands out by itself. */
enum { OBSERVERS_FIRST = 61000, OBSERVERS_LAST = 61999 };

/**
 * Whether a connection of a service leads to one of our collectors or healthchecks: its other end is loopback with a port of that range. False for
 * all when the kernel is set to hand out ports of the range, since nobody can be told apart then.
 * `address` is 4 bytes for AF_INET, 16 for AF_INET6.
 */
bool observers_have(int family, const unsigned char *address, uint16_t port);
