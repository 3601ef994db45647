#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int channel_open(struct channel *ch)
{
	int flags = fcntl(CHANNEL_FD, F_GETFL);
	memset(ch, 0, sizeof *ch);
	ch->fd = CHANNEL_FD;
	signal(SIGPIPE, SIG_IGN);
	if (flags < 0 || fcntl(CHANNEL_FD, F_SETFL, flags | O_NONBLOCK) < 0)
		return -1;
	return fcntl(CHANNEL_FD, F_SETFD, FD_CLOEXEC);
}

void channel_read(struct channel *ch)
{
	if (ch->in_from) {
		memmove(ch->in, ch->in + ch->in_from, ch->in_to - ch->in_from);
		ch->in_to -= ch->in_from;
		ch->in_from = 0;
	}
	while (ch->in_to < sizeof ch->in) {
		ssize_t n = read(ch->fd, ch->in + ch->in_to, sizeof ch->in - ch->in_to);
		if (n > 0) {
			ch->in_to += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || errno != EAGAIN)
			ch->ended = true;
		return;
	}
}

char *channel_line(struct channel *ch)
{
	char *start = ch->in + ch->in_from;
	char *end = memchr(start, '\n', ch->in_to - ch->in_from);
	if (!end)
		return NULL;
	*end = 0;
	ch->in_from = (size_t)(end + 1 - ch->in);
	return start;
}

static void reserve(struct channel *ch, size_t more)
{
	if (ch->out_len + more <= ch->out_cap)
		return;
	while (ch->out_len + more > ch->out_cap)
		ch->out_cap = ch->out_cap ? ch->out_cap * 2 : 4096;
	ch->out = realloc(ch->out, ch->out_cap);
	if (!ch->out)
		abort();
}

void channel_say(struct channel *ch, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	reserve(ch, (size_t)n + 2);
	vsnprintf(ch->out + ch->out_len, (size_t)n + 1, format, again);
	ch->out_len += (size_t)n;
	ch->out[ch->out_len++] = '\n';
	va_end(args);
	va_end(again);
}

void channel_flush(struct channel *ch)
{
	size_t done = 0;
	while (done < ch->out_len) {
		ssize_t n = write(ch->fd, ch->out + done, ch->out_len - done);
		if (n > 0) {
			done += (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN) {
			ch->ended = true;
			done = ch->out_len;
		}
		break;
	}
	memmove(ch->out, ch->out + done, ch->out_len - done);
	ch->out_len -= done;
}

bool channel_pending(const struct channel *ch)
{
	return ch->out_len > 0;
}
