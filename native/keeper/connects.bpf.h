/* Denies connects of services by rules. Included once, by ports.bpf.c. */
#pragma once
#include <bpf/bpf_core_read.h>

#include "keeper/connect-rule.h"

/** False where the kernel refuses this part: it is not verified then. */
const volatile bool net_faults;
/** Rules armed, over all services. */
unsigned int armed;
/** Hits begun, and hits that found no room. A hit is counted before its time is taken. */
unsigned long long hits_begun, hits_lost;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct connect_key);
	__type(value, struct connect_rule);
} connect_rules SEC(".maps");

/** Hits that found no room, by service. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, u64);
	__type(value, u64);
} lost_of SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, HITS_BYTES);
} hits SEC(".maps");

/** Draw number `n` of a seed; the same formula as in launch/rule.c. */
static __always_inline bool drawn(u64 seed, u64 n, u64 ppm)
{
	u64 x = seed + (n + 1) * 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return ((x >> 32) * 1000000ull) >> 32 < ppm;
}

/** Counts a connect and says whether the rule strikes it. `barred`: it may not hit, only count. */
static __always_inline bool strikes(struct connect_rule *r, bool barred)
{
	bool hit = false;
	bpf_spin_lock(&r->lock);
	u64 n = r->matched++;
	if (!barred && n >= r->after && (!r->count || r->hits < r->count) && drawn(r->seed, n, r->ppm)) {
		r->hits++;
		hit = true;
	}
	bpf_spin_unlock(&r->lock);
	return hit;
}

static __always_inline void count_lost(u64 service)
{
	u64 none = 0, *lost;
	bpf_map_update_elem(&lost_of, &service, &none, BPF_NOEXIST);
	lost = bpf_map_lookup_elem(&lost_of, &service);
	if (lost)
		__sync_fetch_and_add(lost, 1);
	__sync_fetch_and_add(&hits_lost, 1);
}

static __always_inline void report_hit(u64 service, u64 number)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__sync_fetch_and_add(&hits_begun, 1);
	u64 at_ns = bpf_ktime_get_ns();
	struct connect_hit *hit = bpf_ringbuf_reserve(&hits, sizeof *hit, 0);
	if (!hit) {
		count_lost(service);
		return;
	}
	hit->service = service;
	hit->number = number;
	hit->at_ns = at_ns;
	hit->pid = BPF_CORE_READ(task, tgid);
	hit->tid = BPF_CORE_READ(task, pid);
	bpf_ringbuf_submit(hit, BPF_RB_NO_WAKEUP);
}

/** The errno that the first rule to strike gives this connect; 0 when it may pass. */
static __always_inline u32 struck_errno(int service_level)
{
	struct connect_key key = {};
	u32 error = 0;
	if (!net_faults || !armed)
		return 0;
	key.service = bpf_get_current_ancestor_cgroup_id(service_level);
#pragma clang loop unroll(disable)
	for (u32 slot = 0; slot < MAX_CONNECT_RULES; slot++) {
		key.slot = slot;
		struct connect_rule *r = bpf_map_lookup_elem(&connect_rules, &key);
		if (!r || !strikes(r, error != 0))
			continue;
		report_hit(key.service, r->number);
		error = r->error;
	}
	return error;
}
