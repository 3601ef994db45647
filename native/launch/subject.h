#pragma once
#include <limits.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/types.h>

struct spool;

/** What a trapped call acts on, as far as rules tell it apart. */
enum subject_kind {
	/** A regular file, a directory, a block device, or a path argument. */
	SUBJECT_FILE,
	/** A socket of a family that a network carries, or a Unix socket. */
	SUBJECT_SOCKET,
	/** A connection to one of our own collectors or healthchecks: no rule strikes it. */
	SUBJECT_OBSERVER,
	/** The service's own captured stdout or stderr, by identity. */
	SUBJECT_STDIO,
	/** What no disk or network failure reaches: pipes, eventfds, terminals, netlink. */
	SUBJECT_OTHER,
	/** The call names no object. */
	SUBJECT_NONE,
};

/** A subject with the paths it goes by; an unknown path is the empty string. */
struct subject {
	enum subject_kind kind;
	char path[PATH_MAX];
	char path2[PATH_MAX];
};

/**
 * Looks up what the call acts on. `stdio` are the two spools. `with_path` says whether paths are wanted. What cannot be found out
 * stays empty; the caller must ask the kernel afterwards whether the notification is still valid.
 */
void subject_find(struct subject *out, const struct seccomp_notif *call, const struct spool *stdio, bool with_path);
