#pragma once

/** What every event of a thread has. */
static __always_inline void fill_event(struct event *e, struct thread_state *s, int kind, int nr, long ret)
{
	u64 ids = bpf_get_current_pid_tgid();
	e->at_ns = s->at_ns;
	e->enter_ns = s->blind ? 0 : s->enter_ns;
	e->pid = ids >> 32;
	e->tid = ids;
	e->nr = nr;
	e->slot = s->slot;
	e->kind = kind;
	e->seekable = 0;
	e->generation = s->generation;
	e->mode = e->dev = e->rdev = 0;
	e->inode = 0;
	e->ret = ret;
	for (int i = 0; i < 6; i++)
		e->args[i] = s->args[i];
	e->position = 0;
	e->vector_size = -1;
	e->memory[0] = e->memory[1] = 0;
}

static __always_inline void fill_object(struct event *e, const struct object *o, struct file *file)
{
	e->mode = o->mode;
	e->inode = o->inode;
	e->dev = o->dev;
	e->rdev = o->rdev;
	if (file && (o->mode & MODE_TYPE) == MODE_FILE) {
		e->seekable = 1;
		e->position = BPF_CORE_READ(file, f_pos);
	}
}

static __always_inline void fill_socket(struct socket_event *e, const struct object *o, int class)
{
	e->family = o->family;
	e->protocol = o->protocol;
	e->local_port = o->local_port;
	e->remote_port = o->remote_port;
	__builtin_memcpy(e->local, o->local, sizeof e->local);
	__builtin_memcpy(e->remote, o->remote, sizeof e->remote);
	e->peer_inode = o->family == FAMILY_UNIX ? o->peer_inode : 0;
	e->has_tcp_seq = o->protocol == PROTOCOL_TCP && (class == CALL_READ || class == CALL_WRITE);
	e->tcp_seq = 0;
	if (!e->has_tcp_seq)
		return;
	struct tcp_sock *tcp = (struct tcp_sock *)o->sock;
	e->tcp_seq = class == CALL_WRITE ? BPF_CORE_READ(tcp, write_seq) : BPF_CORE_READ(tcp, copied_seq);
}

enum { SUMMED_VECTORS = 8 };

/** Bytes asked for by an array of iovec; -1 when it is long or cannot be read. */
static __always_inline s64 sum_iovec(u64 address, u64 count)
{
	struct iovec v[SUMMED_VECTORS] = {};
	s64 sum = 0;
	if (count > SUMMED_VECTORS)
		return -1;
	for (int i = 0; i < SUMMED_VECTORS; i++) {
		if (i >= count)
			break;
		if (bpf_probe_read_user(&v[i], sizeof v[i], (void *)(address + i * sizeof v[i])))
			return -1;
		sum += v[i].iov_len;
	}
	return sum;
}

static __always_inline void fill_vector(struct event *e, struct thread_state *s, const volatile struct call_layout *layout)
{
	if (layout->iovec) {
		e->vector_size = sum_iovec(s->args[(layout->iovec - 1) & 7], s->args[layout->iovec & 7]);
	} else if (layout->msghdr) {
		struct user_msghdr m = {};
		if (!bpf_probe_read_user(&m, sizeof m, (void *)s->args[(layout->msghdr - 1) & 7]))
			e->vector_size = sum_iovec((u64)m.msg_iov, m.msg_iovlen);
	}
	if (layout->memory)
		bpf_probe_read_user(&e->memory[0], sizeof e->memory[0], (void *)s->args[(layout->memory - 1) & 7] + layout->memory_at);
	if (layout->data && e->seekable && (s64)e->ret >= (s64)sizeof e->memory)
		bpf_probe_read_user(e->memory, sizeof e->memory, (void *)s->args[(layout->data - 1) & 7]);
}

/** For bind and connect: the socket and the address as the program gave it. */
static __always_inline void emit_address(struct thread_state *s, const struct object *o, int nr, long ret)
{
	struct address_event *e = bpf_ringbuf_reserve(&ring, sizeof *e, 0);
	if (!e) {
		count_lost(s->slot);
		return;
	}
	fill_event(&e->s.e, s, EVENT_ADDRESS, nr, ret);
	fill_object(&e->s.e, o, NULL);
	fill_socket(&e->s, o, CALL_BIND);
	e->length = s->args[2] < sizeof e->address ? s->args[2] : sizeof e->address;
	u32 n = e->length;
	asm volatile("" : "+r"(n));
	n &= 127;
	if (n > sizeof e->address || bpf_probe_read_user(e->address, n, (void *)s->args[1]))
		e->length = 0;
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

static __always_inline void emit_socket(struct thread_state *s, const struct object *o, int nr, long ret)
{
	struct socket_event *e = bpf_ringbuf_reserve(&ring, sizeof *e, 0);
	if (!e) {
		count_lost(s->slot);
		return;
	}
	fill_event(&e->e, s, EVENT_SOCKET, nr, ret);
	fill_object(&e->e, o, NULL);
	fill_socket(e, o, layouts[nr & (MAX_CALLS - 1)].class);
	fill_vector(&e->e, s, &layouts[nr & (MAX_CALLS - 1)]);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

static __always_inline void emit_plain(struct thread_state *s, const struct object *o, struct file *file, int nr, long ret)
{
	struct event *e = bpf_ringbuf_reserve(&ring, sizeof *e, 0);
	if (!e) {
		count_lost(s->slot);
		return;
	}
	fill_event(e, s, EVENT_CALL, nr, ret);
	if (o)
		fill_object(e, o, file);
	fill_vector(e, s, &layouts[nr & (MAX_CALLS - 1)]);
	bpf_ringbuf_submit(e, BPF_RB_NO_WAKEUP);
}

static __always_inline int directory_argument(struct thread_state *s, u8 argument)
{
	return argument ? (int)s->args[(argument - 1) & 7] : AT_CWD;
}

/** A call that names files: its strings go along. An opened file also tells its path, for the calls that follow. */
static __noinline int emit_paths(struct thread_state *s, struct task_struct *task, u32 nr, long ret)
{
	const volatile struct call_layout *layout = &layouts[nr & (MAX_CALLS - 1)];
	u32 zero = 0, at = 0, path2_at;
	struct object o = {};
	struct file *file = layout->class == CALL_OPEN && ret >= 0 ? file_of(task, ret) : NULL;
	read_object(&o, file, false);
	if (file && ((o.mode & MODE_TYPE) == MODE_FILE || (o.mode & MODE_TYPE) == MODE_DIR))
		name_file(s, &o, file, true);
	struct paths_event *event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return 0;
	fill_event(&event->e, s, EVENT_PATHS, nr, ret);
	fill_object(&event->e, &o, NULL);
	fill_vector(&event->e, s, layout);
	at = add_user_string(event, 0, s->args[(layout->path - 1) & 7]);
	event->path_length = path2_at = at;
	if (layout->path2)
		at = add_user_string(event, at, s->args[(layout->path2 - 1) & 7]);
	event->path2_length = at - path2_at;
	u32 before = at;
	if (event->path_length)
		at = add_base(event, at, task, 0, directory_argument(s, layout->dir));
	event->dir_length = at - before;
	before = at;
	if (event->path2_length)
		at = add_base(event, at, task, path2_at, directory_argument(s, layout->dir2));
	event->dir2_length = at - before;
	if (!send_paths(event, at))
		count_lost(s->slot);
	return 0;
}

/** Whether a read is left out: one of a file, unless the service asked for all. */
static __always_inline bool is_unwanted_read(const struct object *o, struct thread_state *s)
{
	u32 type = o->mode & MODE_TYPE;
	if (type == MODE_SOCKET || type == MODE_PIPE || is_terminal(o))
		return false;
	return !slots[s->slot & (MAX_SLOTS - 1)].all_reads;
}

static __noinline int emit_descriptor(struct thread_state *s, struct task_struct *task, u32 nr, long ret)
{
	const volatile struct call_layout *layout = &layouts[nr & (MAX_CALLS - 1)];
	struct object o = {};
	bool closes = layout->class == CALL_CLOSE, accepted = layout->class == CALL_ACCEPT && ret >= 0;
	struct file *file = closes ? NULL : file_of(task, accepted ? ret : (int)s->args[(layout->fd - 1) & 7]);
	if (closes)
		o = s->closed;
	else
		read_object(&o, file, true);
	u32 type = o.mode & MODE_TYPE;
	if (closes && !o.mode && ret == -9)
		return 0;
	if (layout->class == CALL_READ && is_unwanted_read(&o, s))
		return 0;
	if (file && (type == MODE_FILE || type == MODE_DIR))
		name_file(s, &o, file, false);
	if (type != MODE_SOCKET)
		emit_plain(s, &o, file, nr, ret);
	else if (layout->class == CALL_BIND)
		emit_address(s, &o, nr, ret);
	else
		emit_socket(s, &o, nr, ret);
	return 0;
}

/** clone (from the fork itself) and exit: no object, a number in ret. */
static __always_inline void emit_process(struct thread_state *s, int nr, long ret)
{
	emit_plain(s, NULL, NULL, nr, ret);
}

static __always_inline void emit_exec(struct thread_state *s, const char *filename)
{
	u32 zero = 0;
	struct paths_event *event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return;
	u32 was_blind = s->blind;
	s->blind = s->nr != exec_number || !s->enter_ns;
	fill_event(&event->e, s, EVENT_PATHS, exec_number, 0);
	s->blind = was_blind;
	long n = bpf_probe_read_kernel_str(event->text, MAX_STRING, filename);
	event->path_length = n > 0 ? n : 0;
	event->path2_length = event->dir_length = event->dir2_length = 0;
	if (!send_paths(event, event->path_length))
		count_lost(s->slot);
}

/** At the exit of a selected call. Successful clones and execs were told by their own hooks. */
static __always_inline void emit_call(struct thread_state *s, struct task_struct *task, u32 nr, long ret)
{
	int class = layouts[nr & (MAX_CALLS - 1)].class;
	if (class == CALL_IO_URING) {
		if (ret >= 0 && unwatched(s))
			slots[s->slot & (MAX_SLOTS - 1)].io_uring = 1;
	} else if (class == CALL_CLONE) {
		if (ret < 0)
			emit_plain(s, NULL, NULL, nr, ret);
	} else if (class == CALL_WAIT) {
		emit_plain(s, NULL, NULL, nr, ret);
	} else if (class == CALL_EXEC) {
		if (ret < 0)
			emit_paths(s, task, nr, ret);
	} else if (class == CALL_PATH || class == CALL_OPEN) {
		emit_paths(s, task, nr, ret);
	} else {
		emit_descriptor(s, task, nr, ret);
	}
}

/** A thread inside a call, as the barrier wants to know it. */
static __always_inline void fill_look(struct inflight *look, struct thread_state *s, struct task_struct *task)
{
	struct object o = {};
	int class = layouts[s->nr & (MAX_CALLS - 1)].class;
	u8 fd = layouts[s->nr & (MAX_CALLS - 1)].fd;
	fill_event(&look->s.e, s, EVENT_CALL, s->nr, 0);
	look->s.e.enter_ns = s->enter_ns;
	look->s.e.pid = task->tgid;
	look->s.e.tid = task->pid;
	look->state = task->__state;
	look->running = task->on_cpu || task->on_rq;
	look->s.e.at_ns = bpf_ktime_get_ns();
	if (fd && class != CALL_CLOSE)
		read_object(&o, file_of(task, (int)s->args[(fd - 1) & 7]), true);
	fill_object(&look->s.e, &o, NULL);
	if ((o.mode & MODE_TYPE) != MODE_SOCKET)
		return;
	look->s.e.kind = EVENT_SOCKET;
	fill_socket(&look->s, &o, class);
}
