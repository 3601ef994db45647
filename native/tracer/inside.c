#include "inside.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tracer.skel.h"

/* States of a task: sleeping interruptibly, stopped by a signal, stopped by a debugger. */
enum { INTERRUPTIBLE = 1, STOPPED = 4, TRACED = 8 };

int inside_look(struct inside *in, struct tracer_bpf *bpf)
{
	size_t have = 0;
	ssize_t n;
	int fd = bpf_iter_create(bpf_link__fd(bpf->links.look_inside));
	if (fd < 0)
		return -1;
	do {
		if (in->capacity * sizeof *in->looks - have < 64 * sizeof *in->looks) {
			in->capacity += 1024;
			in->looks = realloc(in->looks, in->capacity * sizeof *in->looks);
			if (!in->looks)
				abort();
		}
		n = read(fd, (char *)in->looks + have, in->capacity * sizeof *in->looks - have);
		have += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	close(fd);
	in->count = have / sizeof *in->looks;
	return n < 0 ? -1 : 0;
}

int inside_sleeps(const struct inflight *look)
{
	return !look->running && (look->state & (INTERRUPTIBLE | STOPPED | TRACED));
}
