#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct channel;

/**
 * One output stream of the service: a pipe and the file that keeps it. A byte's offset in the file is its position in the stream, also
 * past bytes that the file could not take.
 */
struct spool {
	const char *name;
	int read_fd, write_fd, file_fd;
	ino_t inode;
	dev_t dev;
	uint64_t position;
	bool at_end;
	/** Bytes [gap_from, position) are lost and not yet reported, with the errno of the first failure. */
	uint64_t gap_from;
	int gap_errno;
};

/** Makes the 1 MiB pipe, owned by `uid` and `gid`, and opens the file. 0, or -1 with errno. */
int spool_open(struct spool *s, const char *name, const char *file, uid_t uid, gid_t gid);

/** Moves what lies in the pipe into the file and reports gaps. Never waits for the service. Returns the bytes moved. */
uint64_t spool_move(struct spool *s, struct channel *ch);

/** Like spool_move, but moves at least what lay in the pipe when it was called. */
void spool_drain(struct spool *s, struct channel *ch);
