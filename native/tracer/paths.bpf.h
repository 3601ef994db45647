#pragma once

enum { MAX_DEPTH = 40, AT_CWD = -100 };

/**
 * Appends the names of a path to event->text at `at`, the leaf first, crossing mounts. Returns where the text then ends.
 * A path deeper than MAX_DEPTH keeps its last names. Global, so that the verifier walks its loop once and not at every call.
 */
__noinline u32 add_directory(struct paths_event *event, u32 at, u64 dentry_address, u64 vfsmount_address)
{
	struct dentry *dentry = (void *)dentry_address;
	struct mount *mount = (void *)(vfsmount_address - bpf_core_field_offset(struct mount, mnt));
	if (!event)
		return 0;
	for (int depth = 0; depth < MAX_DEPTH; depth++) {
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
		if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
			struct mount *below = BPF_CORE_READ(mount, mnt_parent);
			if (below == mount)
				break;
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = below;
			continue;
		}
		if (parent == dentry)
			break;
		const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
		long n = bpf_probe_read_kernel_str(event->text + (at & TEXT_MASK), 256, name);
		if (n <= 0)
			break;
		at += n;
		if (at > TEXT_MASK - 2 * MAX_STRING)
			break;
		dentry = parent;
	}
	return at;
}

static __always_inline u32 add_file_path(struct paths_event *event, u32 at, struct file *file)
{
	return add_directory(event, at, (u64)BPF_CORE_READ(file, f_path.dentry), (u64)BPF_CORE_READ(file, f_path.mnt));
}

/** Appends a string of the program; returns where the text then ends. */
static __always_inline u32 add_user_string(struct paths_event *event, u32 at, u64 address)
{
	long n = bpf_probe_read_user_str(event->text + (at & TEXT_MASK), MAX_STRING, (void *)address);
	return n > 0 ? at + n : at;
}

/** Appends the directory that a relative path starts from; nothing for an absolute path. */
static __always_inline u32 add_base(struct paths_event *event, u32 at, struct task_struct *task, u32 path_at, int dir_fd)
{
	if (event->text[path_at & TEXT_MASK] == '/')
		return at;
	if (dir_fd == AT_CWD) {
		struct fs_struct *fs = BPF_CORE_READ(task, fs);
		return add_directory(event, at, (u64)BPF_CORE_READ(fs, pwd.dentry), (u64)BPF_CORE_READ(fs, pwd.mnt));
	}
	struct file *file = file_of(task, dir_fd);
	return file ? add_file_path(event, at, file) : at;
}

/** Sends what stands in the scratch event. False when the ring has no room. */
static __always_inline bool send_paths(struct paths_event *event, u32 text_length)
{
	u64 size = offsetof(struct paths_event, text) + (text_length & TEXT_MASK);
	return bpf_ringbuf_output(&ring, event, size, BPF_RB_NO_WAKEUP) == 0;
}

/** Tells the user side the path of a file, once, or again when `afresh`. */
static __always_inline void name_file(struct thread_state *s, const struct object *o, struct file *file, bool afresh)
{
	struct name_key key = { .inode = o->inode, .dev = o->dev };
	u32 zero = 0;
	u8 one = 1;
	if (!afresh && bpf_map_lookup_elem(&named, &key))
		return;
	struct paths_event *event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return;
	event->e.kind = EVENT_NAME;
	event->e.slot = s->slot;
	event->e.generation = s->generation;
	event->e.dev = o->dev;
	event->e.inode = o->inode;
	event->path_length = event->path2_length = event->dir2_length = 0;
	u32 end = add_file_path(event, 0, file);
	event->dir_length = end;
	if (send_paths(event, end))
		bpf_map_update_elem(&named, &key, &one, BPF_ANY);
}
