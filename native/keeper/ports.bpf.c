/*
 * The port space of each test: a service binds the port that it wants and gets a leased one, connects to the port that the spec names
 * and reaches the lease. Only loopback connections are turned; ports that nobody of the test bound or declared pass through.
 * A connect that a fault strikes is denied before its port is turned.
 */
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "keeper/ports.h"

enum { DENIED = 0, ALLOWED = 1, IN_USE = 98 };

char LICENSE[] SEC("license") = "GPL";

/** Depth of a test's cgroup below the root. */
const volatile int test_level;
/** Ports taken from the pool by binds. */
unsigned int taken;

#include "keeper/connects.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LEASES);
	__type(key, struct port_key);
	__type(value, u16);
} leased_of SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_LEASES);
	__type(key, struct port_key);
	__type(value, u16);
} seen_of SEC(".maps");

/** Ports that are free to be leased. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, MAX_LEASES);
	__type(value, u16);
} pool SEC(".maps");

static __always_inline struct port_key key_of(struct bpf_sock_addr *c)
{
	struct port_key key = {
		.test = bpf_get_current_ancestor_cgroup_id(test_level),
		.port = bpf_ntohs(c->user_port),
	};
	return key;
}

static __always_inline int translate(struct bpf_sock_addr *c, void *map)
{
	struct port_key key = key_of(c);
	u16 *other = bpf_map_lookup_elem(map, &key);
	if (other)
		c->user_port = bpf_htons(*other);
	return ALLOWED;
}

static __always_inline int lease(struct bpf_sock_addr *c)
{
	struct port_key key = key_of(c), back = { .test = key.test };
	u16 port, *other = bpf_map_lookup_elem(&leased_of, &key);
	if (!key.port)
		return ALLOWED;
	if (other) {
		c->user_port = bpf_htons(*other);
		return ALLOWED;
	}
	if (bpf_map_pop_elem(&pool, &port)) {
		bpf_set_retval(-IN_USE);
		return DENIED;
	}
	__sync_fetch_and_add(&taken, 1);
	back.port = port;
	bpf_map_update_elem(&seen_of, &back, &key.port, BPF_ANY);
	bpf_map_update_elem(&leased_of, &key, &port, BPF_ANY);
	c->user_port = bpf_htons(port);
	return ALLOWED;
}

/** 127/8, and 0.0.0.0, which a connect takes for it. */
static __always_inline bool is_loopback_v4(u32 address)
{
	return address == 0 || (bpf_ntohl(address) >> 24) == 127;
}

/** ::1, ::, and IPv4 loopback mapped into IPv6. */
static __always_inline bool is_loopback_v6(struct bpf_sock_addr *c)
{
	u32 a = c->user_ip6[0], b = c->user_ip6[1], mapped = bpf_ntohl(c->user_ip6[2]), last = c->user_ip6[3];
	if (a || b)
		return false;
	if (mapped == 0)
		return last == 0 || bpf_ntohl(last) == 1;
	return mapped == 0xffff && is_loopback_v4(last);
}

static __always_inline int reach(struct bpf_sock_addr *c, bool loopback)
{
	u32 error = struck_errno(test_level + 1);
	if (error) {
		bpf_set_retval(-(int)error);
		return DENIED;
	}
	return loopback ? translate(c, &leased_of) : ALLOWED;
}

#define BIND(name) SEC("cgroup/" #name) int name(struct bpf_sock_addr *c) { return lease(c); }
#define SEEN(name) SEC("cgroup/" #name) int name(struct bpf_sock_addr *c) { return translate(c, &seen_of); }
#define TO_V4(name) \
	SEC("cgroup/" #name) int name(struct bpf_sock_addr *c) { return is_loopback_v4(c->user_ip4) ? translate(c, &leased_of) : ALLOWED; }
#define TO_V6(name) \
	SEC("cgroup/" #name) int name(struct bpf_sock_addr *c) { return is_loopback_v6(c) ? translate(c, &leased_of) : ALLOWED; }

BIND(bind4)
BIND(bind6)
SEC("cgroup/connect4") int connect4(struct bpf_sock_addr *c) { return reach(c, is_loopback_v4(c->user_ip4)); }
SEC("cgroup/connect6") int connect6(struct bpf_sock_addr *c) { return reach(c, is_loopback_v6(c)); }
TO_V4(sendmsg4)
TO_V6(sendmsg6)
SEEN(recvmsg4)
SEEN(recvmsg6)
SEEN(getsockname4)
SEEN(getsockname6)
SEEN(getpeername4)
SEEN(getpeername6)
