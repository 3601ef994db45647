#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/channel.h"

enum { PIPE_BYTES = 1 << 20 };

int spool_open(struct spool *s, const char *name, const char *file, uid_t uid, gid_t gid)
{
	int ends[2];
	struct stat st;
	memset(s, 0, sizeof *s);
	s->name = name;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	s->read_fd = ends[0];
	s->write_fd = ends[1];
	fcntl(s->read_fd, F_SETPIPE_SZ, PIPE_BYTES);
	if (fchown(s->write_fd, uid, gid) < 0 || fstat(s->read_fd, &st) < 0)
		return -1;
	s->inode = st.st_ino;
	s->dev = st.st_dev;
	s->file_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return s->file_fd < 0 ? -1 : 0;
}

static void report_gap(struct spool *s, struct channel *ch)
{
	if (!s->gap_errno)
		return;
	channel_say(ch, "gap %s %" PRIu64 " %" PRIu64 " %d", s->name, s->gap_from, s->position, s->gap_errno);
	s->gap_errno = 0;
	if (ftruncate(s->file_fd, (off_t)s->position) < 0)
		return;
}

/** Takes one chunk out of the pipe by hand; what the file refuses becomes part of the gap. Returns the bytes taken. */
static ssize_t move_by_hand(struct spool *s, struct channel *ch, size_t limit)
{
	static char chunk[65536];
	ssize_t n = read(s->read_fd, chunk, limit < sizeof chunk ? limit : sizeof chunk);
	for (ssize_t done = 0; done < n;) {
		ssize_t wrote = pwrite(s->file_fd, chunk + done, (size_t)(n - done), (off_t)s->position);
		if (wrote > 0) {
			report_gap(s, ch);
			s->position += (uint64_t)wrote;
			done += wrote;
			continue;
		}
		if (!s->gap_errno) {
			s->gap_errno = errno ? errno : EIO;
			s->gap_from = s->position;
		}
		s->position += (uint64_t)(n - done);
		break;
	}
	return n;
}

/** Moves at most `limit` bytes; returns how many, 0 when the pipe is empty or ended. */
static size_t move_some(struct spool *s, struct channel *ch, size_t limit)
{
	off_t at = (off_t)s->position;
	ssize_t n = splice(s->read_fd, NULL, s->file_fd, &at, limit, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
	if (n > 0) {
		report_gap(s, ch);
		s->position += (uint64_t)n;
		return (size_t)n;
	}
	if (n == 0) {
		s->at_end = true;
		return 0;
	}
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	int waiting = 0;
	if (ioctl(s->read_fd, FIONREAD, &waiting) < 0 || waiting == 0)
		return 0;
	n = move_by_hand(s, ch, limit < (size_t)waiting ? limit : (size_t)waiting);
	return n > 0 ? (size_t)n : 0;
}

uint64_t spool_move(struct spool *s, struct channel *ch)
{
	uint64_t before = s->position;
	if (s->at_end)
		return 0;
	while (s->position - before < PIPE_BYTES && move_some(s, ch, PIPE_BYTES))
		continue;
	report_gap(s, ch);
	return s->position - before;
}

void spool_drain(struct spool *s, struct channel *ch)
{
	int waiting = 0;
	if (s->at_end || ioctl(s->read_fd, FIONREAD, &waiting) < 0)
		return;
	for (size_t left = (size_t)waiting; left > 0;) {
		size_t moved = move_some(s, ch, left);
		if (moved == 0)
			break;
		left -= moved;
	}
	report_gap(s, ch);
}
