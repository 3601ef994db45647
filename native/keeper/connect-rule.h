/* Denied connects: what the programs and the keeper share. */
#pragma once

/** Rules armed at once on one service. */
#define MAX_CONNECT_RULES 32
/** Bytes of hits on their way to the keeper. */
#define HITS_BYTES (1 << 20)

/** A service's cgroup, and the place of a rule among the service's rules. */
struct connect_key {
	unsigned long long service;
	unsigned int slot, unused;
};

/** A rule; the meaning of after, count, ppm and seed is that of `struct rule` in launch. */
struct connect_rule {
	struct bpf_spin_lock lock;
	unsigned int error;
	unsigned long long number, after, count, ppm, seed, matched, hits;
};

/** A struck connect. `at_ns` is CLOCK_MONOTONIC. */
struct connect_hit {
	unsigned long long service, number, at_ns;
	unsigned int pid, tid;
};
