#include "client.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int dial(const char *address) {
  const char *colon = strrchr(address, ':');
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(colon + 1)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

bool receive_all(int fd, void *to, size_t length) {
  for (size_t got = 0; got < length;) {
    ssize_t n = recv(fd, (char *)to + got, length - got, 0);
    if (n <= 0) return false;
    got += n;
  }
  return true;
}
