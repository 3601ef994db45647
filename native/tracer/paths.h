#pragma once
#include <limits.h>
#include <stddef.h>

/** Room for a path put together from what the kernel side sent. */
#define PATH_TEXT 16384

/** Turns names that stand leaf first, each with its NUL, into a path. Returns `out`. */
const char *paths_from_names(char out[PATH_TEXT], const char *names, size_t length);

/** `path` as it stands when it is absolute, else below the directory that `names` spell (none: the root). Returns `out`. */
const char *paths_absolute(char out[PATH_TEXT], const char *path, const char *names, size_t length);
