#pragma once
#include <stdbool.h>
#include <stddef.h>

/** The file descriptor on which every native process finds its channel. */
#define CHANNEL_FD 3

/**
 * Text lines to and from the process that started us. Writing never blocks: what the other side does not take at once is kept, in
 * order, until channel_flush. `ended` is set when the other side is gone.
 */
struct channel {
	int fd;
	bool ended;
	size_t in_from, in_to;
	char in[65536];
	char *out;
	size_t out_len, out_cap;
};

/** Prepares the channel on CHANNEL_FD; -1 with errno when there is none. */
int channel_open(struct channel *ch);

/** Reads what has come, without waiting. */
void channel_read(struct channel *ch);

/** The next whole line without its newline, valid until the next call of channel_read; NULL when there is none. */
char *channel_line(struct channel *ch);

/** Adds a line (the newline is added) to what is to be sent. */
void channel_say(struct channel *ch, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Sends as much as the other side takes now. */
void channel_flush(struct channel *ch);

/** Whether something said is not sent yet. */
bool channel_pending(const struct channel *ch);
