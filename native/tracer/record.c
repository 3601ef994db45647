#include "record.h"

#include <string.h>

/* Every field that this encoder was written for. One that the schema has and this list lacks does not compile: decide how to fill it. */
enum known {
	KNOWN_run, KNOWN_test, KNOWN_service, KNOWN_source, KNOWN_position, KNOWN_type, KNOWN_at_ns, KNOWN_barrier, KNOWN_until_ns,
	KNOWN_lost, KNOWN_reason, KNOWN_data, KNOWN_syscall, KNOWN_path, KNOWN_target, KNOWN_fd, KNOWN_object, KNOWN_dev, KNOWN_inode,
	KNOWN_peer_inode, KNOWN_local, KNOWN_remote, KNOWN_address, KNOWN_tcp_seq, KNOWN_offset, KNOWN_log_offset, KNOWN_flags,
	KNOWN_size, KNOWN_ret, KNOWN_errno, KNOWN_duration_ns, KNOWN_pid, KNOWN_tid, KNOWN_COUNT,
};

#define COUNT_FIELD(name, type, presence) [KNOWN_##name] = 1,
static const unsigned char fields[] = { SYSCALL_RECORD_FIELDS(COUNT_FIELD) };
_Static_assert(sizeof fields == KNOWN_COUNT, "the schema lacks a field that is filled here");

struct text text(const char *string)
{
	return (struct text){ string, string ? strlen(string) : 0 };
}

static unsigned char *put_long(unsigned char *out, int64_t value)
{
	uint64_t zigzag = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
	while (zigzag > 0x7f) {
		*out++ = (unsigned char)(zigzag | 0x80);
		zigzag >>= 7;
	}
	*out++ = (unsigned char)zigzag;
	return out;
}

static unsigned char *put_text(unsigned char *out, struct text t)
{
	out = put_long(out, (int64_t)t.length);
	if (t.length)
		memcpy(out, t.at, t.length);
	return out + t.length;
}

/* A nullable field is a union: branch 0 is null, branch 1 (encoded as 2) the value. */
enum { BRANCH_NULL = 0, BRANCH_VALUE = 2 };

static unsigned char *put_REQUIRED_STRING(unsigned char *out, struct text t)
{
	return put_text(out, t);
}

static unsigned char *put_NULLABLE_STRING(unsigned char *out, struct text t)
{
	*out++ = t.at ? BRANCH_VALUE : BRANCH_NULL;
	return t.at ? put_text(out, t) : out;
}

static unsigned char *put_REQUIRED_LONG(unsigned char *out, struct number n)
{
	return put_long(out, n.value);
}

static unsigned char *put_NULLABLE_LONG(unsigned char *out, struct number n)
{
	*out++ = n.present ? BRANCH_VALUE : BRANCH_NULL;
	return n.present ? put_long(out, n.value) : out;
}

static unsigned char *put_NULLABLE_INT(unsigned char *out, struct number n)
{
	n.value = (int32_t)n.value;
	return put_NULLABLE_LONG(out, n);
}

#define PUT_FIELD(name, type, presence) out = put_##presence##_##type(out, r->name##_);

size_t record_encode(unsigned char *out, const struct record *r)
{
	unsigned char *start = out;
	SYSCALL_RECORD_FIELDS(PUT_FIELD)
	return (size_t)(out - start);
}

size_t record_bound(size_t texts)
{
	return texts + KNOWN_COUNT * 11;
}

#define LENGTH_STRING(name) total += r->name.length;
#define LENGTH_LONG(name)
#define LENGTH_INT(name)
#define LENGTH_FIELD(name, type, presence) LENGTH_##type(name##_)

size_t record_texts(const struct record *r)
{
	size_t total = 0;
	SYSCALL_RECORD_FIELDS(LENGTH_FIELD)
	return total;
}
