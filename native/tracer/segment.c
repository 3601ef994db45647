#include "segment.h"

#include <ctype.h>
#include <endian.h>
#include <string.h>

/* A segment is named by its first offset, in 20 digits. A batch begins with its offset and with the number of bytes behind these two. */
enum { NAME_DIGITS = 20, BATCH_HEAD = 12 };
static const char suffix[] = ".log";
static const int64_t largest_offset = (1LL << 53) - 1;

/** The first offset of the segment that a path names; -1 when it names none. */
static int64_t segment_offset(struct text path)
{
	size_t name = NAME_DIGITS + sizeof suffix - 1;
	if (path.length <= name || memcmp(path.at + path.length - (sizeof suffix - 1), suffix, sizeof suffix - 1))
		return -1;
	const char *digits = path.at + path.length - name;
	if (digits[-1] != '/')
		return -1;
	int64_t offset = 0;
	for (int i = 0; i < NAME_DIGITS; i++) {
		if (!isdigit((unsigned char)digits[i]) || offset > largest_offset)
			return -1;
		offset = offset * 10 + (digits[i] - '0');
	}
	return offset;
}

struct number segment_append(struct text path, int64_t written, const unsigned long long head[2])
{
	if (!path.length || written <= 0)
		return (struct number){ 0 };
	int64_t first = segment_offset(path);
	if (first < 0)
		return (struct number){ 0 };
	int64_t offset = (int64_t)be64toh(head[0]);
	int64_t bytes = BATCH_HEAD + (int64_t)(int32_t)be32toh((uint32_t)head[1]);
	return number(bytes == written && offset >= first && offset <= largest_offset ? offset : -1);
}
