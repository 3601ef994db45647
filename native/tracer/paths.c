#include "paths.h"

#include <stdio.h>
#include <string.h>

const char *paths_from_names(char out[PATH_TEXT], const char *names, size_t length)
{
	char *at = out;
	size_t end = length;
	while (end > 0 && at - out < PATH_TEXT - 260) {
		size_t start = end - 1;
		while (start > 0 && names[start - 1])
			start--;
		*at++ = '/';
		memcpy(at, names + start, end - 1 - start);
		at += end - 1 - start;
		end = start;
	}
	if (at == out)
		*at++ = '/';
	*at = 0;
	return out;
}

const char *paths_absolute(char out[PATH_TEXT], const char *path, const char *names, size_t length)
{
	if (!path[0])
		return paths_from_names(out, names, length);
	if (path[0] == '/') {
		snprintf(out, PATH_TEXT, "%s", path);
		return out;
	}
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	size_t base = strlen(paths_from_names(out, names, length));
	if (base == 1)
		base = 0;
	snprintf(out + base, PATH_TEXT - base, "/%s", path);
	return out;
}
