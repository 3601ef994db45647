#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "syscall_record.h"

/** A string field; null when `at` is NULL. */
struct text {
	const char *at;
	size_t length;
};

/** A number field. */
struct number {
	int64_t value;
	bool present;
};

#define RECORD_STRING(name) struct text name;
#define RECORD_LONG(name) struct number name;
#define RECORD_INT(name) struct number name;
/* With an underscore, because one field has the name of a macro of the C library. */
#define RECORD_FIELD(name, type, presence) RECORD_##type(name##_)

/** One record with the fields of the schema, each with an underscore after its name. All zero: every nullable field is null. */
struct record {
	SYSCALL_RECORD_FIELDS(RECORD_FIELD)
};

static inline struct number number(int64_t value)
{
	return (struct number){ value, true };
}

/** The text of a C string; null for NULL. */
struct text text(const char *string);

/** Bytes that one encoded record can take at most, with strings of `texts` bytes in all. */
size_t record_bound(size_t texts);

/** Writes the record as Avro to `out` and returns how many bytes it took. */
size_t record_encode(unsigned char *out, const struct record *r);

/** Bytes of all strings of a record. */
size_t record_texts(const struct record *r);
