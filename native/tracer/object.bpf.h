#pragma once

#define MODE_TYPE 0170000
#define MODE_SOCKET 0140000
#define MODE_FILE 0100000
#define MODE_DIR 0040000
#define MODE_CHAR 0020000
#define MODE_PIPE 0010000
#define FAMILY_UNIX 1
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define PROTOCOL_TCP 6

/** The open file behind a descriptor of a task, or NULL. */
static __always_inline struct file *file_of(struct task_struct *task, int fd)
{
	struct file *file = NULL;
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	if (fd < 0 || !table || (u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof file, BPF_CORE_READ(table, fd) + fd);
	return file;
}

static __always_inline u64 peer_inode_of(struct sock *sock)
{
	struct sock *peer = BPF_CORE_READ((struct unix_sock *)sock, peer);
	struct socket *socket = peer ? BPF_CORE_READ(peer, sk_socket) : NULL;
	return socket ? BPF_CORE_READ((struct socket_alloc *)socket, vfs_inode.i_ino) : 0;
}

static __always_inline void read_socket(struct object *o)
{
	struct sock *sock = o->sock;
	o->family = BPF_CORE_READ(sock, __sk_common.skc_family);
	o->protocol = BPF_CORE_READ(sock, sk_protocol);
	if (o->family == FAMILY_UNIX) {
		o->peer_inode = peer_inode_of(sock);
		return;
	}
	o->local_port = BPF_CORE_READ(sock, __sk_common.skc_num);
	o->remote_port = bpf_ntohs(BPF_CORE_READ(sock, __sk_common.skc_dport));
	if (o->family == FAMILY_INET) {
		BPF_CORE_READ_INTO((u32 *)o->local, sock, __sk_common.skc_rcv_saddr);
		BPF_CORE_READ_INTO((u32 *)o->remote, sock, __sk_common.skc_daddr);
	} else if (o->family == FAMILY_INET6) {
		BPF_CORE_READ_INTO((struct in6_addr *)o->local, sock, __sk_common.skc_v6_rcv_saddr);
		BPF_CORE_READ_INTO((struct in6_addr *)o->remote, sock, __sk_common.skc_v6_daddr);
	}
}

/** Fills `o` from an open file; mode 0 when there is none. The ends of a socket are read only when asked for. */
static __always_inline void read_object(struct object *o, struct file *file, bool with_socket)
{
	struct inode *inode = file ? BPF_CORE_READ(file, f_inode) : NULL;
	o->mode = 0;
	o->sock = NULL;
	if (!inode)
		return;
	o->mode = BPF_CORE_READ(inode, i_mode);
	o->inode = BPF_CORE_READ(inode, i_ino);
	o->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	o->rdev = 0;
	u32 type = o->mode & MODE_TYPE;
	if (type == MODE_CHAR)
		o->rdev = BPF_CORE_READ(inode, i_rdev);
	if (type != MODE_SOCKET)
		return;
	struct socket *socket = BPF_CORE_READ(file, private_data);
	o->sock = BPF_CORE_READ(socket, sk);
	if (o->sock && with_socket)
		read_socket(o);
}

/** Terminals: the virtual consoles, /dev/tty and its like, and pseudo-terminals. */
static __always_inline bool is_terminal(const struct object *o)
{
	u32 major = o->rdev >> 20;
	return (o->mode & MODE_TYPE) == MODE_CHAR && (major == 4 || major == 5 || (major >= 136 && major <= 143));
}
