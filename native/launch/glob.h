#pragma once
#include <stdbool.h>

/**
 * Whether `path` matches `pattern`: `*` and `?` stop at a slash, `**` crosses it, `[a-z]` and `[!a-z]` are sets, `\` takes the next
 * character literally.
 */
bool glob_matches(const char *pattern, const char *path);
