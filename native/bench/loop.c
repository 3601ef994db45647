/* bench: nanoseconds per system call in a loop. bench getppid|pwrite|roundtrip COUNT FILE */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/clock.h"

static void *echo(void *context)
{
	int one = 1, c = accept(*(int *)context, NULL, NULL);
	char bytes[64];
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (ssize_t n; (n = read(c, bytes, sizeof bytes)) > 0;)
		if (write(c, bytes, (size_t)n) != n)
			break;
	close(c);
	return NULL;
}

static long round_trips(long count)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof a;
	pthread_t server;
	char bytes[64] = { 0 };
	long failed = 0;
	int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) || getsockname(listener, (struct sockaddr *)&a, &size) || listen(listener, 1))
		return count;
	pthread_create(&server, NULL, echo, &listener);
	if (connect(c, (struct sockaddr *)&a, sizeof a))
		return count;
	setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (long i = 0; i < count; i++)
		failed += write(c, bytes, 32) != 32 || read(c, bytes, 64) != 32;
	close(c);
	pthread_join(server, NULL);
	return failed;
}

static long writes(long count, const char *file)
{
	char bytes[64];
	long failed = 0;
	int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	memset(bytes, 'x', sizeof bytes);
	for (long i = 0; i < count; i++)
		failed += pwrite(fd, bytes, sizeof bytes, (i & 63) * 64) != sizeof bytes;
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	long count = atol(argv[2]), failed = 0;
	uint64_t start = now_ns();
	if (!strcmp(argv[1], "pwrite"))
		failed = writes(count, argv[3]);
	else if (!strcmp(argv[1], "roundtrip"))
		failed = round_trips(count);
	else
		for (long i = 0; i < count; i++)
			syscall(SYS_getppid);
	printf("%.1f ns, %ld failed\n", (double)(now_ns() - start) / (double)count, failed);
	return failed != 0;
}
