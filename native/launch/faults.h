#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "heap.h"
#include "rule.h"

struct channel;
struct spool;

/** The armed rules of the service and the calls that they hold back. */
struct faults {
	int listener;
	struct channel *channel;
	const struct spool *stdio;
	struct rule **rules;
	size_t rule_count;
	struct heap held;
	uint64_t last_hit;
};

/** Arms the rule described by what follows `arm `; says on the channel what is wrong with it otherwise. */
void faults_arm(struct faults *f, char *line);

/** Disarms the rule of that name, or all for `*`. Calls already held stay held. */
void faults_disarm(struct faults *f, const char *name);

/** Receives and judges at most `limit` trapped calls that are waiting, without waiting for more. */
void faults_serve(struct faults *f, int limit);

/** Answers the held calls that are due. Returns the nanoseconds until the next is, or UINT64_MAX. */
uint64_t faults_release(struct faults *f);
