#include "rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glob.h"

static char mistake[256];

static const char *read_calls(struct rule *r, char *list)
{
	char *rest = NULL;
	for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		int nr = syscall_number(word);
		if (nr < 0) {
			snprintf(mistake, sizeof mistake, "this machine has no system call named %s", word);
			return mistake;
		}
		r->calls[nr] = true;
	}
	return NULL;
}

static bool read_on(struct rule *r, const char *word)
{
	static const char *const names[] = { "default", "file", "socket", "stdio", "any" };
	for (int i = 0; i < 5; i++) {
		if (!strcmp(names[i], word)) {
			r->on = (enum rule_on)i;
			return true;
		}
	}
	return false;
}

const char *rule_read(struct rule *r, char *line)
{
	enum { NAME, CALLS, ACTION, VALUE, ON, AFTER, COUNT, PPM, SEED, WORDS };
	char *word[WORDS];
	memset(r, 0, sizeof *r);
	for (int i = 0; i < WORDS; i++) {
		word[i] = strsep(&line, " ");
		if (!word[i])
			return "arm takes: rule, calls, deny or delay, value, on, after, count, probability, seed, path";
	}
	const char *wrong = read_calls(r, word[CALLS]);
	if (wrong)
		return wrong;
	if (!line || strlen(line) >= sizeof r->glob || strlen(word[NAME]) >= sizeof r->name)
		return "the path glob is missing, or a name is too long";
	strcpy(r->name, word[NAME]);
	strcpy(r->glob, line);
	r->denies = !strcmp(word[ACTION], "deny");
	if (!r->denies && strcmp(word[ACTION], "delay"))
		return "an action is deny or delay";
	uint64_t value = strtoull(word[VALUE], NULL, 10);
	if (r->denies && value > 4095)
		return "an errno lies between 0 and 4095";
	r->error = r->denies ? (int)value : 0;
	r->delay_ns = r->denies ? 0 : value;
	if (!read_on(r, word[ON]))
		return "on is default, file, socket, stdio or any";
	r->after = strtoull(word[AFTER], NULL, 10);
	r->count = strtoull(word[COUNT], NULL, 10);
	r->probability_ppm = strtoull(word[PPM], NULL, 10);
	r->seed = strtoull(word[SEED], NULL, 10);
	return NULL;
}

bool rule_needs_path(const struct rule *r)
{
	return strcmp(r->glob, "*") && strcmp(r->glob, "**");
}

bool rule_needs_subject(const struct rule *r)
{
	return r->on != ON_ANY || rule_needs_path(r);
}

static bool on_matches(enum rule_on on, enum subject_kind kind)
{
	if (kind == SUBJECT_OBSERVER)
		return false;
	switch (on) {
	case ON_DEFAULT: return kind == SUBJECT_FILE || kind == SUBJECT_SOCKET || kind == SUBJECT_NONE;
	case ON_FILE: return kind == SUBJECT_FILE;
	case ON_SOCKET: return kind == SUBJECT_SOCKET;
	case ON_STDIO: return kind == SUBJECT_STDIO;
	default: return true;
	}
}

static bool path_matches(const struct rule *r, const struct subject *s)
{
	if (!rule_needs_path(r))
		return true;
	return (s->path[0] && glob_matches(r->glob, s->path)) || (s->path2[0] && glob_matches(r->glob, s->path2));
}

/** Draw number `n` of a seed, the same in every run: splitmix64 of the counter. */
static bool drawn(uint64_t seed, uint64_t n, uint64_t ppm)
{
	uint64_t x = seed + (n + 1) * 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return ((x >> 32) * 1000000ull) >> 32 < ppm;
}

bool rule_strikes(struct rule *r, const struct subject *subject, bool barred)
{
	if (!on_matches(r->on, subject->kind) || !path_matches(r, subject))
		return false;
	uint64_t n = r->matched++;
	if (n < r->after || (r->count && r->hits >= r->count) || barred || !drawn(r->seed, n, r->probability_ppm))
		return false;
	r->hits++;
	return true;
}
