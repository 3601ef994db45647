#include "observers.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static bool range_is_ours(void)
{
	unsigned int low = 0, high = 65535;
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
	bool known = f && fscanf(f, "%u %u", &low, &high) == 2;
	if (f)
		fclose(f);
	return known && (high < OBSERVERS_FIRST || low > OBSERVERS_LAST);
}

static bool is_loopback(int family, const unsigned char *address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff }, one[16] = { [15] = 1 };
	if (family == AF_INET)
		return address[0] == 127;
	if (family != AF_INET6)
		return false;
	return !memcmp(address, one, sizeof one) || (!memcmp(address, mapped, sizeof mapped) && address[12] == 127);
}

bool observers_have(int family, const unsigned char *address, uint16_t port)
{
	static int ours = -1;
	if (port < OBSERVERS_FIRST || port > OBSERVERS_LAST || !is_loopback(family, address))
		return false;
	if (ours < 0)
		ours = range_is_ours();
	return ours;
}
