#include "describe.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <netinet/in.h>

#include "calls.h"
#include "names.h"
#include "segment.h"

enum { KERNEL_MINOR_BITS = 20, PROTOCOL_MPTCP = 262, PROTOCOL_UDPLITE = 136 };

/** Codes with which the kernel has a call begin again after a signal; a program never sees them, a tracer does. */
static const char *restart_name(int error)
{
	switch (error) {
	case 512: return "ERESTARTSYS";
	case 513: return "ERESTARTNOINTR";
	case 514: return "ERESTARTNOHAND";
	case 516: return "ERESTART_RESTARTBLOCK";
	default: return NULL;
	}
}

static struct text error_name(struct description *d, int error)
{
	const char *name = strerrorname_np(error);
	if (!name)
		name = restart_name(error);
	if (!name)
		snprintf(d->error, sizeof d->error, "E%d", error);
	return text(name ? name : d->error);
}

static const char *socket_kind(const struct socket_event *s)
{
	if (s->family == AF_UNIX)
		return "unix";
	if (s->family != AF_INET && s->family != AF_INET6)
		return "other";
	if (s->protocol == IPPROTO_TCP || s->protocol == PROTOCOL_MPTCP)
		return "tcp";
	return s->protocol == IPPROTO_UDP || s->protocol == PROTOCOL_UDPLITE ? "udp" : "other";
}

static const char *file_kind(const struct event *e)
{
	unsigned int major = e->rdev >> KERNEL_MINOR_BITS;
	switch (e->mode & S_IFMT) {
	case S_IFREG: return "file";
	case S_IFDIR: return "dir";
	case S_IFIFO: return "pipe";
	case S_IFCHR: return major == 4 || major == 5 || (major >= 136 && major <= 143) ? "tty" : "other";
	default: return "other";
	}
}

static void describe_object(struct record *r, const struct event *e)
{
	if (!e->mode)
		return;
	r->object_ = text(file_kind(e));
	r->dev_ = number((int64_t)makedev(e->dev >> KERNEL_MINOR_BITS, e->dev & ((1u << KERNEL_MINOR_BITS) - 1)));
	r->inode_ = number((int64_t)e->inode);
	if (S_ISREG(e->mode) || S_ISDIR(e->mode))
		r->path_ = text(names_get(e->dev, e->inode));
}

static void describe_socket(struct description *d, const struct socket_event *s)
{
	struct record *r = &d->record;
	r->object_ = text(socket_kind(s));
	if (s->peer_inode)
		r->peer_inode_ = number((int64_t)s->peer_inode);
	if (s->has_tcp_seq)
		r->tcp_seq_ = number(s->tcp_seq);
	if (s->family != AF_INET && s->family != AF_INET6)
		return;
	if (s->local_port)
		r->local_ = text(address_format(d->local, s->family, s->local, s->local_port));
	if (s->remote_port)
		r->remote_ = text(address_format(d->remote, s->family, s->remote, s->remote_port));
}

static void describe_paths(struct description *d, const struct paths_event *p)
{
	const char *path = p->text, *path2 = path + p->path_length, *dir = path2 + p->path2_length, *dir2 = dir + p->dir_length;
	if (p->path_length)
		d->record.path_ = text(paths_absolute(d->path, path, dir, p->dir_length));
	if (p->path2_length)
		d->record.target_ = text(paths_absolute(d->target, path2, dir2, p->dir2_length));
}

/** The file offset at which a read or write began. */
static struct number begin_of(const struct event *e, const struct call_layout *layout)
{
	bool moves = layout->class == CALL_READ || layout->class == CALL_WRITE;
	if (layout->offset && (int64_t)e->args[layout->offset - 1] >= 0)
		return number((int64_t)e->args[layout->offset - 1]);
	if (!moves || !e->seekable || e->ret < 0)
		return (struct number){ 0 };
	return number(e->position - e->ret);
}

static void describe_arguments(struct record *r, const struct event *e, const struct call_layout *layout)
{
	if (layout->fd)
		r->fd_ = number((int)e->args[layout->fd - 1]);
	if (layout->size)
		r->size_ = number((int64_t)e->args[layout->size - 1]);
	else if (e->vector_size >= 0)
		r->size_ = number(e->vector_size);
	if (layout->flags)
		r->flags_ = number(layout->memory ? (int64_t)e->memory[0] : (int64_t)(uint32_t)e->args[layout->flags - 1]);
	r->pid_ = number(e->pid);
	r->tid_ = number(e->tid);
}

static void describe_common(struct description *d, const struct event *e, size_t size, const struct call_layout *layout)
{
	struct record *r = &d->record;
	memset(r, 0, sizeof *r);
	r->at_ns_ = number((int64_t)e->at_ns);
	r->duration_ns_ = number(e->enter_ns ? (int64_t)(e->at_ns - e->enter_ns) : 0);
	r->syscall_ = text(calls_name(e->nr, layout->class));
	describe_object(r, e);
	if (e->kind == EVENT_SOCKET || e->kind == EVENT_ADDRESS)
		describe_socket(d, (const struct socket_event *)e);
	if (e->kind == EVENT_PATHS && size >= offsetof(struct paths_event, text))
		describe_paths(d, (const struct paths_event *)e);
	if (e->nr == calls_exit_number()) {
		r->pid_ = number(e->pid);
		r->tid_ = number(e->tid);
	} else {
		describe_arguments(r, e, layout);
	}
}

void describe_event(struct description *d, const struct event *e, size_t size, const struct call_layout *layout)
{
	struct record *r = &d->record;
	describe_common(d, e, size, layout);
	r->ret_ = number(e->ret);
	if (layout->class == CALL_READ || layout->class == CALL_WRITE || layout->offset)
		r->offset_ = begin_of(e, layout);
	if (layout->class == CALL_WRITE)
		r->log_offset_ = segment_append(r->path_, e->ret, e->memory);
	if (e->nr == calls_exit_number())
		return;
	if (layout->class == CALL_WAIT && layout->memory && e->ret == 0)
		r->ret_ = number((int64_t)(e->memory[0] >> 32));
	if (e->ret < 0 && e->ret >= -4095)
		r->errno_ = error_name(d, (int)-e->ret);
	if (e->kind == EVENT_ADDRESS) {
		const struct address_event *a = (const struct address_event *)e;
		r->address_ = text(address_of_sockaddr(d->address, a->address, a->length));
	}
	if (e->kind == EVENT_PATHS && e->ret == 0 && r->target_.at && !strncmp(r->syscall_.at, "rename", 6))
		names_move(d->path, d->target);
}

void describe_open(struct description *d, const struct inflight *look, const struct call_layout *layout)
{
	describe_common(d, &look->s.e, sizeof look->s, layout);
}

void describe_learn(const struct paths_event *e)
{
	static char path[PATH_TEXT];
	names_set(e->e.dev, e->e.inode, paths_from_names(path, e->text, e->dir_length));
}
