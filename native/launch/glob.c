#include "glob.h"

#include <stddef.h>
#include <string.h>

/** Matches one set after its `[`; returns what follows the set, or NULL when `c` is not in it or the set never ends. */
static const char *match_set(const char *p, char c)
{
	bool negated = *p == '!' || *p == '^', found = false;
	if (negated)
		p++;
	for (bool first = true; *p && (first || *p != ']'); first = false) {
		char low = *p++, high = low;
		if (p[0] == '-' && p[1] && p[1] != ']') {
			high = p[1];
			p += 2;
		}
		found |= low <= c && c <= high;
	}
	return *p == ']' && found != negated ? p + 1 : NULL;
}

bool glob_matches(const char *p, const char *s)
{
	for (; *p; p++, s++) {
		if (*p == '*') {
			bool crosses = p[1] == '*';
			while (*p == '*')
				p++;
			for (;; s++) {
				if (glob_matches(p, s))
					return true;
				if (!*s || (!crosses && *s == '/'))
					return false;
			}
		}
		if (!*s || (*s == '/' && *p != '/'))
			return false;
		if (*p == '[') {
			p = match_set(p + 1, *s);
			if (!p)
				return false;
			p--;
		} else if (*p != '?') {
			if (*p == '\\' && p[1])
				p++;
			if (*p != *s)
				return false;
		}
	}
	return !*s;
}
