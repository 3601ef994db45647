#include "sources.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cgroup.h"
#include "common/clock.h"
#include "output.h"
#include "tracer.skel.h"

enum { NO_LEVEL = 1 << 30 };

struct source sources[MAX_SLOTS];

static int free_slot(void)
{
	for (int i = 0; i < MAX_SLOTS; i++)
		if (!sources[i].used)
			return i;
	return -1;
}

static void reset_lost(struct tracer_bpf *bpf, unsigned int slot)
{
	uint64_t *zeros = calloc((size_t)libbpf_num_possible_cpus(), sizeof *zeros);
	if (zeros)
		bpf_map_update_elem(bpf_map__fd(bpf->maps.lost), &slot, zeros, BPF_ANY);
	free(zeros);
}

const char *sources_attach(struct tracer_bpf *bpf, const struct attachment *a, const char **code)
{
	int depth = cgroup_depth(a->cgroup_dir), slot = free_slot();
	uint64_t cgroup = cgroup_id(a->cgroup_dir);
	*code = "E_CGROUP";
	if (depth < 1 || !cgroup)
		return "the service's cgroup directory cannot be read";
	if (bpf->data->service_level != NO_LEVEL && bpf->data->service_level != (unsigned int)depth)
		return "the cgroups of all services of a run must lie at the same depth";
	*code = "E_FULL";
	if (slot < 0)
		return "more services are traced at once than the tracer has room for";
	struct source *s = &sources[slot];
	*s = (struct source){ .used = true, .cgroup = cgroup, .told_ns = now_ns(), .run = strdup(a->run), .test = strdup(a->test),
			      .service = strdup(a->service), .name = strdup(a->source) };
	reset_lost(bpf, (unsigned int)slot);
	bpf->data->service_level = (unsigned int)depth;
	bpf->bss->slots[slot].all_reads = a->all_reads;
	bpf->bss->slots[slot].io_uring = 0;
	bpf->bss->slots[slot].generation++;
	if (bpf_map_update_elem(bpf_map__fd(bpf->maps.services), &cgroup, &slot, BPF_ANY) == 0)
		return NULL;
	s->used = false;
	*code = "E_NO_BPF";
	return "the kernel refused an entry of a BPF map";
}

void sources_detach(struct tracer_bpf *bpf, const char *test)
{
	for (int i = 0; i < MAX_SLOTS; i++) {
		struct source *s = &sources[i];
		if (!s->used || strcmp(s->test, test))
			continue;
		bpf_map_delete_elem(bpf_map__fd(bpf->maps.services), &s->cgroup);
		bpf->bss->slots[i].generation++;
		free(s->run);
		free(s->test);
		free(s->service);
		free(s->name);
		s->used = false;
	}
}

uint64_t sources_lost(struct tracer_bpf *bpf, unsigned int slot)
{
	int cpus = libbpf_num_possible_cpus();
	uint64_t counts[cpus], sum = 0;
	if (bpf_map_lookup_elem(bpf_map__fd(bpf->maps.lost), &slot, counts))
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += counts[i];
	return sum;
}

void sources_publish(struct source *s, const char *type, struct record *r)
{
	r->run_ = text(s->run);
	r->test_ = text(s->test);
	r->service_ = text(s->service);
	r->source_ = text(s->name);
	r->type_ = text(type);
	r->position_ = number(++s->position);
	output_record(r);
}
