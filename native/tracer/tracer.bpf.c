/* Kernel side of the tracer: what the processes of traced cgroups do, into one ring. */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tracer/tracer.h"
#include "tracer/state.bpf.h"
#include "tracer/object.bpf.h"
#include "tracer/paths.bpf.h"
#include "tracer/uring.bpf.h"
#include "tracer/emit.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/** The state of the current thread when it is traced, else NULL. Must cost next to nothing for all others. */
static __always_inline struct thread_state *traced(struct task_struct *task)
{
	if (task->cgroups->dfl_cgrp->level < (int)service_level)
		return NULL;
	struct thread_state *s = bpf_task_storage_get(&threads, task, NULL, 0);
	if (!s || slots[s->slot & (MAX_SLOTS - 1)].generation != s->generation)
		return NULL;
	return s;
}

static __always_inline void note_arguments(struct thread_state *s, struct pt_regs *regs)
{
	s->args[0] = PT_REGS_PARM1_CORE_SYSCALL(regs);
	s->args[1] = PT_REGS_PARM2_CORE_SYSCALL(regs);
	s->args[2] = PT_REGS_PARM3_CORE_SYSCALL(regs);
	s->args[3] = PT_REGS_PARM4_CORE_SYSCALL(regs);
	s->args[4] = PT_REGS_PARM5_CORE_SYSCALL(regs);
	s->args[5] = regs->SIXTH_ARGUMENT;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long id)
{
	if ((unsigned long)id >= MAX_CALLS || !layouts[id].class)
		return 0;
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread_state *s = traced(task);
	if (!s)
		return 0;
	s->nr = id;
	note_arguments(s, regs);
	if (layouts[id].class == CALL_CLOSE)
		read_object(&s->closed, file_of(task, (int)s->args[0]), true);
	s->blind = 0;
	s->enter_ns = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long ret)
{
	long id = SYSCALL_NUMBER(regs);
	if ((unsigned long)id >= MAX_CALLS || !layouts[id].class)
		return 0;
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread_state *s = traced(task);
	if (!s)
		return 0;
	s->at_ns = bpf_ktime_get_ns();
	if (!s->enter_ns || s->nr != id) {
		s->nr = id;
		s->blind = 1;
		note_arguments(s, regs);
		s->closed.mode = 0;
		s->enter_ns = s->at_ns;
	}
	emit_call(s, task, id, ret);
	barrier();
	s->enter_ns = 0;
	return 0;
}

static __always_inline void note_submit(struct io_kiocb___operation *request)
{
	struct thread_state *s = traced(bpf_get_current_task_btf());
	if (s && acts(request))
		slots[s->slot & (MAX_SLOTS - 1)].io_uring = 1;
}

SEC("?tp_btf/io_uring_submit_req")
int BPF_PROG(on_submit, struct io_kiocb___operation *request)
{
	note_submit(request);
	return 0;
}

/** Its name before Linux 6.3. */
SEC("?tp_btf/io_uring_submit_sqe")
int BPF_PROG(on_submit_before, struct io_kiocb___operation *request)
{
	note_submit(request);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, pid_t old_pid, struct linux_binprm *bprm)
{
	u64 cgroup = bpf_get_current_ancestor_cgroup_id((int)service_level);
	u32 *slot = bpf_map_lookup_elem(&services, &cgroup);
	if (!slot)
		return 0;
	struct thread_state *s = bpf_task_storage_get(&threads, task, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s) {
		count_lost(*slot);
		return 0;
	}
	s->slot = *slot;
	s->generation = slots[*slot & (MAX_SLOTS - 1)].generation;
	s->at_ns = bpf_ktime_get_ns();
	emit_exec(s, BPF_CORE_READ(bprm, filename));
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct thread_state *s = traced(parent);
	if (!s)
		return 0;
	struct thread_state *c = bpf_task_storage_get(&threads, child, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!c) {
		count_lost(s->slot);
		return 0;
	}
	c->slot = s->slot;
	c->generation = s->generation;
	s->at_ns = bpf_ktime_get_ns();
	bool in_clone = s->enter_ns && layouts[s->nr & (MAX_CALLS - 1)].class == CALL_CLONE;
	emit_process(s, in_clone ? s->nr : clone_number, child->pid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_process_exit, struct task_struct *task)
{
	struct thread_state *s = traced(task);
	if (!s)
		return 0;
	int code = task->exit_code;
	s->blind = 1;
	s->enter_ns = s->at_ns = bpf_ktime_get_ns();
	emit_process(s, exit_number, code & 0x7f ? -(code & 0x7f) : (code >> 8) & 0xff);
	barrier();
	s->enter_ns = 0;
	return 0;
}

/** Writes one struct inflight for each traced thread that is inside a selected call. */
SEC("iter/task")
int look_inside(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	if (!task)
		return 0;
	struct thread_state *s = bpf_task_storage_get(&threads, task, NULL, 0);
	if (!s || !s->enter_ns)
		return 0;
	u32 zero = 0;
	struct inflight *look = bpf_map_lookup_elem(&looks, &zero);
	if (!look)
		return 0;
	fill_look(look, s, task);
	bpf_seq_write(ctx->meta->seq, look, sizeof *look);
	return 0;
}
