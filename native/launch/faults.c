#include "faults.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/channel.h"
#include "common/clock.h"
#include "path.h"
#include "shape.h"

void faults_arm(struct faults *f, char *line)
{
	struct rule *r = malloc(sizeof *r);
	const char *wrong = r ? rule_read(r, line) : "no memory";
	if (!wrong) {
		faults_disarm(f, r->name);
		f->rules = realloc(f->rules, (f->rule_count + 1) * sizeof *f->rules);
		f->rules[f->rule_count++] = r;
		return;
	}
	free(r);
	channel_say(f->channel, "refused %s", wrong);
}

void faults_disarm(struct faults *f, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->rule_count; i++) {
		if (strcmp(name, "*") && strcmp(name, f->rules[i]->name))
			f->rules[kept++] = f->rules[i];
		else
			free(f->rules[i]);
	}
	f->rule_count = kept;
}

/** Sends the kernel its answer. A thread that is gone meanwhile needs none. */
static void answer(struct faults *f, const struct held *call)
{
	struct seccomp_notif_resp response = {
		.id = call->id,
		.error = call->denied ? -call->error : 0,
		.flags = call->denied ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};
	ioctl(f->listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
	for (size_t i = 0; i < call->hit_count; i++)
		channel_say(f->channel, "answered %" PRIu64 " %" PRIu64, call->hits[i], now_ns());
}

static void report_hit(struct faults *f, struct held *to, const struct rule *r, const struct seccomp_notif *call, uint64_t at_ns)
{
	const char *name = syscall_name(call->data.nr);
	to->hits[to->hit_count++] = ++f->last_hit;
	channel_say(f->channel, "hit %" PRIu64 " %s %" PRIu64 " %d %d %s", f->last_hit, r->name, at_ns, path_leader((pid_t)call->pid),
		    (int)call->pid, name ? name : "unknown");
}

/** All delays of the rules that strike add up; the first deny that strikes decides the answer. */
static void judge(struct faults *f, const struct seccomp_notif *call, uint64_t at_ns, const struct subject *subject)
{
	struct held held = { .id = call->id, .due_ns = at_ns };
	for (size_t i = 0; i < f->rule_count && held.hit_count < MAX_STRUCK; i++) {
		struct rule *r = f->rules[i];
		if (!r->calls[call->data.nr] || !rule_strikes(r, subject, r->denies && held.denied))
			continue;
		report_hit(f, &held, r, call, at_ns);
		held.due_ns += r->delay_ns;
		if (r->denies) {
			held.denied = true;
			held.error = r->error;
		}
	}
	if (held.hit_count)
		channel_flush(f->channel);
	if (held.due_ns > at_ns)
		heap_push(&f->held, &held);
	else
		answer(f, &held);
}

static void decide(struct faults *f, const struct seccomp_notif *call, uint64_t at_ns)
{
	static struct subject subject;
	bool known = call->data.nr >= 0 && call->data.nr < SYSCALL_MAX, look = false, with_path = false;
	for (size_t i = 0; known && i < f->rule_count; i++) {
		if (!f->rules[i]->calls[call->data.nr])
			continue;
		/* A descriptor may be a connection to one of our own, which no rule strikes. */
		look |= rule_needs_subject(f->rules[i]) || shape_of(call->data.nr).fd;
		with_path |= rule_needs_path(f->rules[i]);
	}
	subject.kind = SUBJECT_NONE;
	subject.path[0] = subject.path2[0] = 0;
	if (look) {
		subject_find(&subject, call, f->stdio, with_path);
		if (ioctl(f->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &call->id) < 0)
			return;
	}
	judge(f, call, at_ns, &subject);
}

void faults_serve(struct faults *f, int limit)
{
	union {
		struct seccomp_notif call;
		char room[512];
	} n;
	for (int i = 0; i < limit && f->listener >= 0; i++) {
		struct pollfd p = { .fd = f->listener, .events = POLLIN };
		if (poll(&p, 1, 0) <= 0)
			return;
		if (!(p.revents & POLLIN)) {
			close(f->listener);
			f->listener = -1;
			return;
		}
		memset(&n, 0, sizeof n);
		if (ioctl(f->listener, SECCOMP_IOCTL_NOTIF_RECV, &n.call) == 0)
			decide(f, &n.call, now_ns());
	}
}

uint64_t faults_release(struct faults *f)
{
	const struct held *top;
	while ((top = heap_top(&f->held))) {
		uint64_t now = now_ns();
		if (top->due_ns > now)
			return top->due_ns - now;
		struct held due = heap_pop(&f->held);
		answer(f, &due);
	}
	return UINT64_MAX;
}
