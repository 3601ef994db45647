/* tracer: records the system calls of services into Avro frames for its collector. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "barrier.h"
#include "calls.h"
#include "common/channel.h"
#include "common/clock.h"
#include "describe.h"
#include "names.h"
#include "output.h"
#include "ring.h"
#include "sources.h"
#include "common/observers.h"
#include "common/syscall_names.h"
#include "tracer.skel.h"

enum { ROUND = 16384, FRAME_AGE_NS = 10000000, IDLE_NS = 4000000, PENDING_NS = 60000 };

static struct tracer_bpf *bpf;
static struct ring ring;
static struct barriers barriers;
static struct channel channel;

/** Calls on connections of our own collectors and healthchecks are no part of the test. */
static bool is_observers(const struct event *e)
{
	const struct socket_event *s = (const struct socket_event *)e;
	return e->kind == EVENT_SOCKET && observers_have(s->family, s->remote, s->remote_port);
}

static void on_record(void *context, const void *data, size_t size)
{
	static struct description d;
	const struct event *e = data;
	struct source *s = &sources[e->slot % MAX_SLOTS];
	(void)context;
	if (e->kind == EVENT_NAME) {
		describe_learn(data);
		return;
	}
	if (barriers.inside.count)
		barriers_ended(&barriers, e);
	if (!s->used || bpf->bss->slots[e->slot % MAX_SLOTS].generation != e->generation)
		return;
	if (is_observers(e))
		return;
	describe_event(&d, e, size, (const struct call_layout *)&bpf->rodata->layouts[e->nr]);
	sources_publish(s, "syscall", &d.record);
}

static void consume_all(void)
{
	uint64_t end = ring_end(&ring);
	while (!ring_has_reached(&ring, end))
		ring_consume(&ring, ROUND, on_record, NULL);
}

/** The kernel side forgets which paths it told, so that this side may forget them too. */
static void forget_names(void)
{
	int map = bpf_map__fd(bpf->maps.named);
	char key[16];
	while (bpf_map_get_next_key(map, NULL, key) == 0)
		bpf_map_delete_elem(map, key);
	names_clear();
}

static void attach(long id, char *rest)
{
	struct attachment a = { 0 };
	struct record ready = { 0 };
	const char *code, *wrong;
	a.run = strsep(&rest, "\t");
	a.test = strsep(&rest, "\t");
	a.service = strsep(&rest, "\t");
	a.source = strsep(&rest, "\t");
	const char *trace = strsep(&rest, "\t");
	a.cgroup_dir = rest;
	if (!rest) {
		output_answer("failed\t%ld\tE_USAGE\tattach takes run, test, service, source, trace and cgroup", id);
		return;
	}
	a.all_reads = !strcmp(trace, "all");
	wrong = sources_attach(bpf, &a, &code);
	if (wrong) {
		output_answer("failed\t%ld\t%s\t%s: %s", id, code, wrong, a.cgroup_dir);
		return;
	}
	ready.at_ns_ = number((int64_t)now_ns());
	for (int i = 0; i < MAX_SLOTS; i++)
		if (sources[i].used && !strcmp(sources[i].test, a.test) && !strcmp(sources[i].name, a.source))
			sources_publish(&sources[i], "ready", &ready);
	output_answer("done\t%ld", id);
}

static void command(char *line)
{
	const char *verb = strsep(&line, "\t");
	long id = line ? atol(strsep(&line, "\t")) : 0;
	if (!line)
		return;
	if (!strcmp(verb, "attach")) {
		attach(id, line);
	} else if (!strcmp(verb, "detach")) {
		consume_all();
		barriers_drop(&barriers, line);
		sources_detach(bpf, line);
		output_answer("done\t%ld", id);
	} else if (!strcmp(verb, "barrier")) {
		const char *test = strsep(&line, "\t"), *number = strsep(&line, "\t"), *until = strsep(&line, "\t");
		if (line)
			barriers_add(&barriers, id, test, atoi(number), strtoull(until, NULL, 10), strtoull(line, NULL, 10));
	}
}

static void serve(void)
{
	while (!channel.ended) {
		size_t count = ring_consume(&ring, ROUND, on_record, NULL);
		if (barriers.pending)
			barriers_try(&barriers, consume_all);
		output_flush(FRAME_AGE_NS);
		if (names_are_many())
			forget_names();
		struct pollfd p = { .fd = channel.fd, .events = POLLIN };
		struct timespec wait = { .tv_nsec = count == ROUND ? 0 : barriers.pending ? PENDING_NS : IDLE_NS };
		if (ppoll(&p, 1, &wait, NULL) <= 0)
			continue;
		channel_read(&channel);
		for (char *line; (line = channel_line(&channel));)
			command(line);
	}
}

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN && getenv("FAULTBOX_DEBUG") ? vfprintf(stderr, format, args) : 0;
}

static bool kernel_has(const struct btf *kernel, const char *hook)
{
	return kernel && btf__find_by_name_kind(kernel, hook, BTF_KIND_TYPEDEF) > 0;
}

/** Operations of an io_uring are seen where the kernel has a hook for them. */
static void watch_submits(void)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	bool now = kernel_has(kernel, "btf_trace_io_uring_submit_req");
	bool before = !now && kernel_has(kernel, "btf_trace_io_uring_submit_sqe");
	btf__free(kernel);
	bpf_program__set_autoload(bpf->progs.on_submit, now);
	bpf_program__set_autoload(bpf->progs.on_submit_before, before);
	bpf->rodata->sees_submits = now || before;
}

/** Loads and attaches the programs. Returns 0 or an errno. */
static int load(size_t ring_bytes)
{
	libbpf_set_print(quiet);
	bpf = tracer_bpf__open();
	if (!bpf)
		return errno;
	calls_fill((struct call_layout *)bpf->rodata->layouts);
	bpf->rodata->exit_number = calls_exit_number();
	bpf->rodata->clone_number = syscall_number("clone");
	bpf->rodata->exec_number = syscall_number("execve");
	watch_submits();
	bpf_map__set_max_entries(bpf->maps.ring, (unsigned int)ring_bytes);
	int error = tracer_bpf__load(bpf);
	if (!error)
		error = tracer_bpf__attach(bpf);
	if (!error && ring_open(&ring, bpf_map__fd(bpf->maps.ring), ring_bytes) < 0)
		error = -errno;
	return -error;
}

int main(int argc, char **argv)
{
	size_t ring_bytes = argc > 1 ? strtoull(argv[1], NULL, 10) : 64 << 20;
	if (channel_open(&channel) < 0) {
		fprintf(stderr, "tracer is started by collector-syscall, with its channel on file descriptor 3\n");
		return 2;
	}
	int error = load(ring_bytes);
	if (error) {
		output_answer("dead\tE_NO_BPF\tthe kernel refused the tracing programs (%s): system calls are seen only as root, on Linux 6.1 or newer "
			      "with BTF, where lockdown does not forbid BPF to read kernel memory",
			      strerror(error));
		return 1;
	}
	barriers.bpf = bpf;
	output_answer("up");
	serve();
	tracer_bpf__destroy(bpf);
	return 0;
}
