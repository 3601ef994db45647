#include "pool.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

/* Below the ports that the kernel hands out by itself, above those that servers commonly have. */
enum { FIRST = 20000, BLOCK = 64, PORTS = 65536 };

/** Ports of our blocks that are not handed out, oldest first. */
static uint16_t spare[PORTS];
static unsigned int spare_from, spare_to;
static unsigned int next_block;

static unsigned int ephemeral_low(void)
{
	unsigned int low = 32768;
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	if (f && fscanf(f, "%u", &low) != 1)
		low = 32768;
	if (f)
		fclose(f);
	return low > FIRST + BLOCK ? low : PORTS;
}

static bool can_bind(int family, int type, uint16_t port)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = { 0 };
	int only = 1, s = socket(family, type | SOCK_CLOEXEC, 0);
	if (s < 0)
		return true;
	a.any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		a.v4.sin_port = htons(port);
	else
		a.v6.sin6_port = htons(port);
	if (family == AF_INET6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
	bool bound = bind(s, &a.any, family == AF_INET ? sizeof a.v4 : sizeof a.v6) == 0;
	close(s);
	return bound;
}

static bool is_free(uint16_t port)
{
	return can_bind(AF_INET, SOCK_STREAM, port) && can_bind(AF_INET6, SOCK_STREAM, port) && can_bind(AF_INET, SOCK_DGRAM, port) &&
	       can_bind(AF_INET6, SOCK_DGRAM, port);
}

/** Locks the next block that nobody else has; its file stays open, and locked, as long as we live. */
static bool take_block(void)
{
	unsigned int blocks = (ephemeral_low() - FIRST) / BLOCK;
	for (; next_block < blocks; next_block++) {
		char name[64];
		unsigned int first = FIRST + next_block * BLOCK;
		snprintf(name, sizeof name, POOL_DIR "/%u", first);
		int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
			for (unsigned int i = 0; i < BLOCK; i++)
				spare[spare_to++ % PORTS] = (uint16_t)(first + i);
			next_block++;
			return true;
		}
		if (fd >= 0)
			close(fd);
	}
	return false;
}

uint16_t pool_take(void)
{
	for (unsigned int tries = 0; tries < PORTS; tries++) {
		if (spare_from == spare_to && !take_block())
			return 0;
		uint16_t port = spare[spare_from++ % PORTS];
		if (is_free(port))
			return port;
		pool_give(port);
		if (spare_to - spare_from <= BLOCK && !take_block() && tries > spare_to - spare_from)
			return 0;
	}
	return 0;
}

void pool_give(uint16_t port)
{
	spare[spare_to++ % PORTS] = port;
}
