#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Rules that one call can have struck it at once, beyond which further ones are not counted for it. */
#define MAX_STRUCK 16

/** A trapped call that waits for its answer. */
struct held {
	uint64_t due_ns;
	uint64_t id;
	/** 0: the call goes on in the kernel when it is due. */
	int error;
	bool denied;
	/** Numbers of its hit notices. */
	uint64_t hits[MAX_STRUCK];
	size_t hit_count;
};

/** Held calls, the one that is due first on top. */
struct heap {
	struct held *items;
	size_t length, capacity;
};

void heap_push(struct heap *h, const struct held *item);

/** The item that is due first, or NULL. */
const struct held *heap_top(const struct heap *h);

/** Removes the top of a heap that is not empty. */
struct held heap_pop(struct heap *h);
