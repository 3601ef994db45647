#pragma once
#include <stdbool.h>

#include "common/channel.h"

struct ports_bpf;

/** The denied connects of a run's services: rules in the programs' maps, hits told on the channel. */

/** Takes the loaded programs. 0, or an errno. */
int connects_open(struct ports_bpf *programs, struct channel *to);

/** Whether a rule is armed, so that hits may come. */
bool connects_armed(void);

/** Says the hits that have come. */
void connects_say(void);

/** Says every hit that began before now, and how many were lost; false when one stays on its way for a second. */
bool connects_drain(void);

/** Arms a rule on the service of a cgroup directory; what follows it in the line is torn apart. NULL, or a sentence about the mistake. */
const char *connects_arm(const char *dir, char *words);

/** Disarms a rule of that service, or with `*` all. */
void connects_disarm(const char *dir, const char *rule);

/** Disarms and forgets the services of a test that is about to lose its cgroups. */
void connects_forget(const char *test_dir);

/** Frees what is held beside the programs. */
void connects_close(void);
