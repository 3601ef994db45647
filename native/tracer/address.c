#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

static char *put_number(char *out, unsigned int n)
{
	char digits[10];
	int count = 0;
	do {
		digits[count++] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	while (count)
		*out++ = digits[--count];
	return out;
}

/* By hand, because most records of a network service have two of these. */
static const char *format_v4(char *out, const unsigned char *ip, uint16_t port)
{
	char *at = out;
	for (int i = 0; i < 4; i++) {
		at = put_number(at, ip[i]);
		*at++ = i < 3 ? '.' : ':';
	}
	at = put_number(at, port);
	*at = 0;
	return out;
}

const char *address_format(char out[ADDRESS_TEXT], int family, const unsigned char *ip, uint16_t port)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char v6[INET6_ADDRSTRLEN];
	if (family == AF_INET)
		return format_v4(out, ip, port);
	if (!memcmp(ip, mapped, sizeof mapped))
		return format_v4(out, ip + 12, port);
	snprintf(out, ADDRESS_TEXT, "[%s]:%u", inet_ntop(AF_INET6, ip, v6, sizeof v6), port);
	return out;
}

const char *address_of_sockaddr(char out[ADDRESS_TEXT], const void *sockaddr, size_t length)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
	} a = { 0 };
	memcpy(&a, sockaddr, length < sizeof a ? length : sizeof a);
	if (a.any.sa_family == AF_INET && length >= sizeof a.v4)
		return format_v4(out, (unsigned char *)&a.v4.sin_addr, ntohs(a.v4.sin_port));
	if (a.any.sa_family == AF_INET6 && length >= 24)
		return address_format(out, AF_INET6, a.v6.sin6_addr.s6_addr, ntohs(a.v6.sin6_port));
	if (a.any.sa_family != AF_UNIX || length <= sizeof a.any.sa_family)
		return NULL;
	size_t n = length - sizeof a.any.sa_family;
	if (n > sizeof a.local.sun_path)
		n = sizeof a.local.sun_path;
	if (a.local.sun_path[0])
		snprintf(out, ADDRESS_TEXT, "%.*s", (int)n, a.local.sun_path);
	else
		snprintf(out, ADDRESS_TEXT, "@%.*s", (int)n - 1, a.local.sun_path + 1);
	return out;
}
