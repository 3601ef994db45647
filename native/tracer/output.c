#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"

enum { FRAME_BYTES = 128 << 10, ROOM_BYTES = 256 << 10 };

static struct {
	uint32_t bytes, count;
	unsigned char room[ROOM_BYTES];
} frame;

static uint64_t oldest_ns;

static void send(const void *data, size_t size)
{
	const char *at = data;
	while (size) {
		ssize_t n = write(STDOUT_FILENO, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			exit(0);
		at += n;
		size -= (size_t)n;
	}
}

void output_flush(uint64_t age_ns)
{
	if (!frame.count || now_ns() - oldest_ns < age_ns)
		return;
	send(&frame, offsetof(__typeof__(frame), room) + frame.bytes);
	frame.bytes = frame.count = 0;
}

void output_record(const struct record *r)
{
	if (frame.bytes + record_bound(record_texts(r)) > ROOM_BYTES)
		output_flush(0);
	if (!frame.count)
		oldest_ns = now_ns();
	frame.bytes += (uint32_t)record_encode(frame.room + frame.bytes, r);
	frame.count++;
	if (frame.bytes >= FRAME_BYTES)
		output_flush(0);
}

void output_answer(const char *format, ...)
{
	char line[1024];
	uint32_t head[2] = { 0, 0 };
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	head[0] = n < (int)sizeof line ? (uint32_t)n : sizeof line - 1;
	output_flush(0);
	send(head, sizeof head);
	send(line, head[0]);
}
