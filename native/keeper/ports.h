/* What the port programs and the keeper share. */
#pragma once

/** Ports leased at once, over all tests of a run. */
#define MAX_LEASES 8192

/** A port within a test, in host order. */
struct port_key {
	unsigned long long test;
	unsigned short port, unused;
	unsigned int unused2;
};
