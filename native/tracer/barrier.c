#include "barrier.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calls.h"
#include "common/clock.h"
#include "common/observers.h"
#include "describe.h"
#include "output.h"
#include "sources.h"
#include "tracer.skel.h"

void barriers_add(struct barriers *b, long id, const char *test, int number, uint64_t until_ns, uint64_t deadline_ns)
{
	struct barrier *new = malloc(sizeof *new), **end = &b->pending;
	if (!new)
		abort();
	*new = (struct barrier){ .id = id, .number = number, .test = strdup(test), .until_ns = until_ns, .deadline_ns = deadline_ns };
	while (*end)
		end = &(*end)->next;
	*end = new;
}

static void discard(struct barrier **at)
{
	struct barrier *gone = *at;
	*at = gone->next;
	free(gone->test);
	free(gone);
}

void barriers_drop(struct barriers *b, const char *test)
{
	for (struct barrier **at = &b->pending; *at;) {
		if (strcmp((*at)->test, test))
			at = &(*at)->next;
		else
			discard(at);
	}
}

void barriers_ended(struct barriers *b, const struct event *e)
{
	for (size_t i = 0; i < b->inside.count; i++) {
		struct event *look = &b->inside.looks[i].s.e;
		if (look->tid == e->tid && look->enter_ns == e->enter_ns)
			look->enter_ns = 0;
	}
}

/** The source of a look when it is one of this test and its call entered in time, else NULL. */
static struct source *concerned(struct barriers *b, const struct barrier *barrier, const struct inflight *look)
{
	const struct event *e = &look->s.e;
	struct source *s = &sources[e->slot % MAX_SLOTS];
	if (!s->used || strcmp(s->test, barrier->test) || b->bpf->bss->slots[e->slot % MAX_SLOTS].generation != e->generation)
		return NULL;
	return e->enter_ns && e->enter_ns <= barrier->until_ns ? s : NULL;
}

/** A call of the test (of `only`, when given) that entered in time and is about to end by itself; NULL when there is none. */
static const struct inflight *running_call(struct barriers *b, const struct barrier *barrier, const struct source *only)
{
	for (size_t i = 0; i < b->inside.count; i++) {
		const struct inflight *look = &b->inside.looks[i];
		struct source *s = concerned(b, barrier, look);
		if (s && (!only || s == only) && !inside_sleeps(look))
			return look;
	}
	return NULL;
}

static bool is_wanted(const struct inflight *look, struct tracer_bpf *bpf)
{
	const struct event *e = &look->s.e;
	unsigned int major = e->rdev >> 20;
	bool is_tty = S_ISCHR(e->mode) && (major == 4 || major == 5 || (major >= 136 && major <= 143));
	if (e->kind == EVENT_SOCKET && observers_have(look->s.family, look->s.remote, look->s.remote_port))
		return false;
	if (bpf->rodata->layouts[e->nr].class != CALL_READ)
		return true;
	return S_ISSOCK(e->mode) || S_ISFIFO(e->mode) || is_tty || bpf->bss->slots[e->slot % MAX_SLOTS].all_reads;
}

static void publish_open(struct barriers *b, const struct barrier *barrier)
{
	static struct description d;
	for (size_t i = 0; i < b->inside.count; i++) {
		const struct inflight *look = &b->inside.looks[i];
		struct source *s = concerned(b, barrier, look);
		if (!s || !is_wanted(look, b->bpf))
			continue;
		describe_open(&d, look, (const struct call_layout *)&b->bpf->rodata->layouts[look->s.e.nr]);
		d.record.barrier_ = number(barrier->number);
		sources_publish(s, "open", &d.record);
	}
}

/** Calls that the kernel made without our programs; it skips them only when it would have to nest them. */
static uint64_t count_misses(struct tracer_bpf *bpf)
{
	const struct bpf_program *programs[] = { bpf->progs.on_enter, bpf->progs.on_exit, bpf->progs.on_exec, bpf->progs.on_fork,
						 bpf->progs.on_process_exit };
	uint64_t misses = 0;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		struct bpf_prog_info info = { 0 };
		unsigned int size = sizeof info;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(programs[i]), &info, &size) == 0)
			misses += info.recursion_misses;
	}
	return misses;
}

static void publish_gap(struct source *s, uint64_t lost, uint64_t now)
{
	struct record r = { 0 };
	if (lost > s->lost) {
		r.at_ns_ = number((int64_t)s->told_ns);
		r.until_ns_ = number((int64_t)now);
		r.lost_ = number((int64_t)(lost - s->lost));
		r.reason_ = text("the ring buffer between kernel and tracer was full");
		sources_publish(s, "gap", &r);
	}
	s->lost = lost;
	s->told_ns = now;
}

/** Why a source cannot be proven complete, or NULL. */
static const char *doubt(struct barriers *b, const struct barrier *barrier, unsigned int slot, bool missed, bool looked)
{
	static char reason[200];
	const struct inflight *running = running_call(b, barrier, &sources[slot]);
	if (!looked)
		return "the threads of the service could not be looked at";
	if (missed)
		return "the kernel skipped the tracer's programs for some calls";
	if (b->bpf->bss->slots[slot].io_uring)
		return "the service uses io_uring, whose operations are not seen";
	if (!running)
		return NULL;
	snprintf(reason, sizeof reason, "thread %u was still running inside %s at the deadline", running->s.e.tid,
		 calls_name(running->s.e.nr, b->bpf->rodata->layouts[running->s.e.nr].class));
	return reason;
}

static void answer(struct barriers *b, const struct barrier *barrier, bool missed, bool looked)
{
	publish_open(b, barrier);
	for (unsigned int i = 0; i < MAX_SLOTS; i++) {
		struct source *s = &sources[i];
		struct record r = { 0 };
		if (!s->used || strcmp(s->test, barrier->test))
			continue;
		const char *why = doubt(b, barrier, i, missed, looked);
		uint64_t now = now_ns();
		publish_gap(s, sources_lost(b->bpf, i), now);
		r.at_ns_ = number((int64_t)now);
		r.barrier_ = number(barrier->number);
		r.until_ns_ = number((int64_t)barrier->until_ns);
		if (!missed && !b->bpf->bss->slots[i].io_uring)
			r.lost_ = number((int64_t)s->lost);
		r.reason_ = text(why ? why : "threads inside calls were waited for, the ring read to its end");
		sources_publish(s, why ? "incomplete" : "complete", &r);
	}
	output_answer("done\t%ld", barrier->id);
}

void barriers_try(struct barriers *b, void (*consume)(void))
{
	bool looked = inside_look(&b->inside, b->bpf) == 0;
	uint64_t now = now_ns();
	bool consumed = false;
	for (struct barrier **at = &b->pending; *at;) {
		if (looked && running_call(b, *at, NULL) && now < (*at)->deadline_ns) {
			at = &(*at)->next;
			continue;
		}
		if (!consumed)
			consume();
		consumed = true;
		uint64_t misses = count_misses(b->bpf);
		answer(b, *at, misses != b->misses, looked);
		b->misses = misses;
		discard(at);
	}
	b->inside.count = 0;
}
