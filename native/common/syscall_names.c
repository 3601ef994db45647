#include "syscall_names.h"

#include <stddef.h>
#include <string.h>

static const char *const names[SYSCALL_MAX] = {
#include "syscall_table.inc"
};

int syscall_number(const char *name)
{
	for (int nr = 0; nr < SYSCALL_MAX; nr++)
		if (names[nr] && !strcmp(names[nr], name))
			return nr;
	return -1;
}

const char *syscall_name(long nr)
{
	return nr >= 0 && nr < SYSCALL_MAX ? names[nr] : NULL;
}
