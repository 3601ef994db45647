#include "ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

int ring_open(struct ring *r, int map_fd, size_t bytes)
{
	long page = sysconf(_SC_PAGESIZE);
	void *consumer = mmap(NULL, (size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	unsigned char *rest = mmap(NULL, (size_t)page + 2 * bytes, PROT_READ, MAP_SHARED, map_fd, page);
	if (consumer == MAP_FAILED || rest == MAP_FAILED)
		return -1;
	r->consumer = consumer;
	r->producer = (const volatile uint64_t *)(const void *)rest;
	r->data = rest + page;
	r->mask = bytes - 1;
	return 0;
}

size_t ring_consume(struct ring *r, size_t limit, ring_reader *reader, void *context)
{
	uint64_t at = *r->consumer, end = ring_end(r);
	size_t count = 0;
	while (at < end && count < limit) {
		const uint32_t *head = (const uint32_t *)(const void *)(r->data + (at & r->mask));
		uint32_t length = __atomic_load_n(head, __ATOMIC_ACQUIRE);
		if (length & BPF_RINGBUF_BUSY_BIT)
			break;
		uint32_t size = length & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		if (!(length & BPF_RINGBUF_DISCARD_BIT)) {
			reader(context, (const unsigned char *)head + BPF_RINGBUF_HDR_SZ, size);
			count++;
		}
		at += (size + BPF_RINGBUF_HDR_SZ + 7) & ~7ull;
		__atomic_store_n(r->consumer, at, __ATOMIC_RELEASE);
	}
	return count;
}

uint64_t ring_end(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

bool ring_has_reached(const struct ring *r, uint64_t end)
{
	return *r->consumer >= end;
}
