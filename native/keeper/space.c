#include "space.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "keeper/ports.h"
#include "pool.h"
#include "ports.skel.h"

enum { LOW = 96, HIGH = 192 };

static struct ports_bpf *bpf;
static unsigned int pushed, popped_here;

void space_open(struct ports_bpf *programs)
{
	bpf = programs;
	space_refill();
}

void space_refill(void)
{
	unsigned int held = pushed - popped_here - bpf->bss->taken;
	if (held >= LOW)
		return;
	for (; held < HIGH; held++) {
		uint16_t port = pool_take();
		if (!port || bpf_map_update_elem(bpf_map__fd(bpf->maps.pool), NULL, &port, BPF_ANY))
			return;
		pushed++;
	}
}

uint16_t space_lease(uint64_t test, uint16_t port)
{
	struct port_key key = { .test = test, .port = port }, back = { .test = test };
	uint16_t leased = 0;
	if (bpf_map_lookup_elem(bpf_map__fd(bpf->maps.leased_of), &key, &leased) == 0)
		return leased;
	if (bpf_map_lookup_and_delete_elem(bpf_map__fd(bpf->maps.pool), NULL, &leased))
		return 0;
	popped_here++;
	back.port = leased;
	bpf_map_update_elem(bpf_map__fd(bpf->maps.seen_of), &back, &port, BPF_ANY);
	bpf_map_update_elem(bpf_map__fd(bpf->maps.leased_of), &key, &leased, BPF_ANY);
	space_refill();
	return leased;
}

void space_release(uint64_t test)
{
	int leased_of = bpf_map__fd(bpf->maps.leased_of), seen_of = bpf_map__fd(bpf->maps.seen_of);
	struct port_key key, next;
	for (int more = bpf_map_get_next_key(leased_of, NULL, &key); more == 0; key = next) {
		struct port_key back = { .test = test };
		uint16_t leased;
		more = bpf_map_get_next_key(leased_of, &key, &next);
		if (key.test != test || bpf_map_lookup_elem(leased_of, &key, &leased))
			continue;
		back.port = leased;
		bpf_map_delete_elem(leased_of, &key);
		bpf_map_delete_elem(seen_of, &back);
		pool_give(leased);
	}
}
