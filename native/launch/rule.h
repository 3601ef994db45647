#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "common/syscall_names.h"
#include "subject.h"

/** Which subjects a rule strikes. ON_DEFAULT: what a disk or a network failure would strike, and calls that name no object. */
enum rule_on { ON_DEFAULT, ON_FILE, ON_SOCKET, ON_STDIO, ON_ANY };

/** One armed fault. */
struct rule {
	char name[128];
	bool calls[SYSCALL_MAX];
	bool denies;
	/** Of a deny. */
	int error;
	/** Of a delay. */
	uint64_t delay_ns;
	enum rule_on on;
	/** Matching calls to let pass first; hits allowed, 0 for no limit; probability in millionths. */
	uint64_t after, count, probability_ppm, seed;
	char glob[PATH_MAX];
	uint64_t matched, hits;
};

/** Reads what follows `arm `. Returns NULL, or a sentence about the mistake. The line is torn apart. */
const char *rule_read(struct rule *r, char *line);

/** Whether it takes a look at the subject, or at its path, to judge a call of this number. */
bool rule_needs_subject(const struct rule *r);
bool rule_needs_path(const struct rule *r);

/** Counts a call of a number that the rule names and says whether the rule strikes it. `barred`: it may not hit, only count. */
bool rule_strikes(struct rule *r, const struct subject *subject, bool barred);
