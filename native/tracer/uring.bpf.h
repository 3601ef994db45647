#pragma once

/** A request of an io_uring, of which only its operation is looked at. */
struct io_kiocb___operation {
	u8 opcode;
} __attribute__((preserve_access_index));

/** IORING_OP_NOP, POLL_ADD, POLL_REMOVE, TIMEOUT, TIMEOUT_REMOVE, ASYNC_CANCEL, LINK_TIMEOUT, EPOLL_CTL: they watch or wait. */
#define WATCHING (1ull << 0 | 1ull << 6 | 1ull << 7 | 1ull << 11 | 1ull << 12 | 1ull << 14 | 1ull << 15 | 1ull << 29)
#define URING_SQPOLL 2

/** Whether an operation does what would be an event, were it a call. Node's event loop changes what it watches by a ring. */
static __always_inline bool acts(struct io_kiocb___operation *request)
{
	u8 operation = request->opcode;
	return operation >= 64 || !(WATCHING >> operation & 1);
}

/** Whether the operations of a ring that was made cannot be seen: they are taken by a thread of the kernel, or its hook is not there. */
static __always_inline bool unwatched(struct thread_state *s)
{
	struct {
		u32 sq_entries, cq_entries, flags;
	} params;
	return !sees_submits || bpf_probe_read_user(&params, sizeof params, (void *)s->args[1]) || params.flags & URING_SQPOLL;
}
