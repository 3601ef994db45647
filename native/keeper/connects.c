#include "connects.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/cgroup.h"
#include "connect-rule.h"
#include "ports.skel.h"

enum { DRAIN_TRIES = 20000, DRAIN_PAUSE_NS = 50000 };

/** A service that has or had rules. */
struct target {
	struct target *next;
	uint64_t service, lost;
	char dir[PATH_MAX];
};

static struct ports_bpf *bpf;
static struct ring_buffer *ring;
static struct channel *channel;
static struct target *targets;
static uint64_t received;

static struct target *find_target(uint64_t service)
{
	struct target *t = targets;
	while (t && t->service != service)
		t = t->next;
	return t;
}

static struct target *add_target(const char *dir)
{
	uint64_t service = cgroup_id(dir);
	struct target *t = service ? find_target(service) : NULL;
	if (t || !service || strlen(dir) >= sizeof t->dir)
		return t;
	t = calloc(1, sizeof *t);
	if (!t)
		return NULL;
	t->service = service;
	strcpy(t->dir, dir);
	t->next = targets;
	targets = t;
	return t;
}

static int say_hit(void *unused, void *data, size_t size)
{
	const struct connect_hit *hit = data;
	const struct target *t = find_target(hit->service);
	(void)unused;
	(void)size;
	received++;
	if (t)
		channel_say(channel, "hit %llu %llu %u %u %s", hit->number, hit->at_ns, hit->pid, hit->tid, t->dir);
	return 0;
}

int connects_open(struct ports_bpf *programs, struct channel *to)
{
	bpf = programs;
	channel = to;
	ring = ring_buffer__new(bpf_map__fd(bpf->maps.hits), say_hit, NULL, NULL);
	return ring ? 0 : errno;
}

bool connects_armed(void)
{
	return bpf->bss->armed > 0;
}

void connects_say(void)
{
	ring_buffer__consume(ring);
}

static void say_lost(void)
{
	for (struct target *t = targets; t; t = t->next) {
		uint64_t lost = 0;
		bpf_map_lookup_elem(bpf_map__fd(bpf->maps.lost_of), &t->service, &lost);
		if (lost > t->lost)
			channel_say(channel, "lost %" PRIu64 " %s", lost - t->lost, t->dir);
		t->lost = lost;
	}
}

bool connects_drain(void)
{
	const struct timespec pause = { .tv_nsec = DRAIN_PAUSE_NS };
	const volatile unsigned long long *begun = &bpf->bss->hits_begun, *lost = &bpf->bss->hits_lost;
	for (int i = 0; i < DRAIN_TRIES; i++) {
		ring_buffer__consume(ring);
		uint64_t done = received + *lost;
		if (done >= *begun) {
			say_lost();
			return true;
		}
		nanosleep(&pause, NULL);
	}
	return false;
}

/** Reads `<rule> <errno> <after> <count> <ppm> <seed>`. */
static bool read_rule(struct connect_rule *r, char *words)
{
	unsigned long long value[6];
	for (int i = 0; i < 6; i++) {
		char *end, *word = strsep(&words, " ");
		if (!word || !*word)
			return false;
		value[i] = strtoull(word, &end, 10);
		if (*end)
			return false;
	}
	*r = (struct connect_rule){ .number = value[0], .error = (unsigned int)value[1], .after = value[2], .count = value[3], .ppm = value[4],
				    .seed = value[5] };
	return !words && value[1] > 0 && value[1] <= 4095;
}

const char *connects_arm(const char *dir, char *words)
{
	struct connect_rule rule;
	const struct target *t = add_target(dir);
	if (!t)
		return "there is no such cgroup";
	if (!read_rule(&rule, words))
		return "arm takes: cgroup, rule, errno from 1 to 4095, after, count, probability, seed";
	struct connect_key key = { .service = t->service };
	for (; key.slot < MAX_CONNECT_RULES; key.slot++) {
		int error = bpf_map_update_elem(bpf_map__fd(bpf->maps.connect_rules), &key, &rule, BPF_NOEXIST);
		if (error == -EEXIST)
			continue;
		if (error)
			return "the kernel takes no more rules";
		bpf->bss->armed++;
		return NULL;
	}
	return "a service can have 32 denied connects at once";
}

void connects_disarm(const char *dir, const char *rule)
{
	struct connect_key key = { .service = cgroup_id(dir) };
	int rules = bpf_map__fd(bpf->maps.connect_rules);
	for (; key.slot < MAX_CONNECT_RULES; key.slot++) {
		struct connect_rule there;
		if (bpf_map_lookup_elem(rules, &key, &there))
			continue;
		if (strcmp(rule, "*") && strtoull(rule, NULL, 10) != there.number)
			continue;
		bpf_map_delete_elem(rules, &key);
		bpf->bss->armed--;
	}
}

void connects_forget(const char *test_dir)
{
	size_t length = strlen(test_dir);
	for (struct target **at = &targets; *at;) {
		struct target *t = *at;
		if (strncmp(t->dir, test_dir, length) || t->dir[length] != '/') {
			at = &t->next;
			continue;
		}
		connects_disarm(t->dir, "*");
		bpf_map_delete_elem(bpf_map__fd(bpf->maps.lost_of), &t->service);
		*at = t->next;
		free(t);
	}
}

void connects_close(void)
{
	ring_buffer__free(ring);
}
