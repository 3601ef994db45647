#pragma once

#if defined(__TARGET_ARCH_x86)
#define SYSCALL_NUMBER(regs) ((regs)->orig_ax)
#define SIXTH_ARGUMENT r9
#else
#define SYSCALL_NUMBER(regs) ((regs)->syscallno)
#define SIXTH_ARGUMENT regs[5]
#endif

/** What a file is, read while it is surely there. */
struct object {
	u64 inode;
	u32 mode, dev, rdev;
	struct sock *sock;
	/** Of a socket, for a call that closes it. */
	u16 family, protocol, local_port, remote_port;
	u8 local[16], remote[16];
	u64 peer_inode;
};

/** What is known of a thread of a service. enter_ns is not 0 exactly while a selected call of it is not in the ring yet. */
struct thread_state {
	u64 enter_ns;
	/** When what is being emitted happened. */
	u64 at_ns;
	s32 nr;
	u32 slot, generation;
	/** The entry was not seen: enter_ns is no entry. */
	u32 blind;
	u64 args[8];
	struct object closed;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread_state);
} threads SEC(".maps");

/** Cgroup id of a service to its slot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_SLOTS);
	__type(key, u64);
	__type(value, u32);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 20);
} ring SEC(".maps");

/** Events of a slot that found no room in the ring. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MAX_SLOTS);
	__type(key, u32);
	__type(value, u64);
} lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct paths_event);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct inflight);
} looks SEC(".maps");

struct name_key {
	u64 inode;
	u32 dev, unused;
};

/** Files whose path the user side has been told. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct name_key);
	__type(value, u8);
} named SEC(".maps");

const volatile struct call_layout layouts[MAX_CALLS];
const volatile int clone_number, exit_number, exec_number;
/** Whether the kernel tells of each operation that is submitted to an io_uring. */
const volatile bool sees_submits;

/** Depth of a service's cgroup below the root; written once, before the first service is attached. */
unsigned int service_level = 1 << 30;
struct slot slots[MAX_SLOTS];

static __always_inline void count_lost(u32 slot)
{
	u64 *n = bpf_map_lookup_elem(&lost, &slot);
	if (n)
		(*n)++;
}
