#pragma once
#include <stddef.h>
#include <stdint.h>

/** Room that an address needs as text: a Unix path is the longest. */
#define ADDRESS_TEXT 128

/** `ip:port`, `[ip]:port` for IPv6, an IPv4 address mapped into IPv6 as IPv4. `family` is AF_INET or AF_INET6. Returns `out`. */
const char *address_format(char out[ADDRESS_TEXT], int family, const unsigned char *ip, uint16_t port);

/** The text of a sockaddr that a program passed: as above, a Unix path, `@name` for an abstract one; NULL for other families. */
const char *address_of_sockaddr(char out[ADDRESS_TEXT], const void *sockaddr, size_t length);
