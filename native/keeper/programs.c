#include "programs.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>

#include "connect-rule.h"
#include "ports.skel.h"

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static struct ports_bpf *load(int test_level, bool net_faults)
{
	struct ports_bpf *bpf = ports_bpf__open();
	if (!bpf)
		return NULL;
	bpf->rodata->test_level = test_level;
	bpf->rodata->net_faults = net_faults;
	int error = ports_bpf__load(bpf);
	if (!error)
		return bpf;
	ports_bpf__destroy(bpf);
	errno = -error;
	return NULL;
}

struct ports_bpf *programs_open(int cgroup_fd, int test_level, bool *net_faults)
{
	struct bpf_program *program;
	libbpf_set_print(silent);
	struct ports_bpf *bpf = load(test_level, true);
	*net_faults = bpf != NULL;
	if (!bpf)
		bpf = load(test_level, false);
	if (!bpf)
		return NULL;
	bpf_object__for_each_program(program, bpf->obj) {
		if (!bpf_program__attach_cgroup(program, cgroup_fd)) {
			int error = errno;
			ports_bpf__destroy(bpf);
			errno = error;
			return NULL;
		}
	}
	return bpf;
}

void programs_close(struct ports_bpf *bpf)
{
	ports_bpf__destroy(bpf);
}
