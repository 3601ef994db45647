#define _GNU_SOURCE
#include "server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { max_connections = 256 };

static struct connection *connections[max_connections];
static int connection_count;

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0) {
    fprintf(stderr, "cannot listen on 127.0.0.1:%d: %s\n", port, strerror(errno));
    exit(1);
  }
  return fd;
}

static void take(int listener) {
  int one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd < 0) return;
  if (connection_count == max_connections) {
    close(fd);
    return;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct connection *c = calloc(1, sizeof *c);
  c->fd = fd;
  connections[connection_count++] = c;
}

static void drop(int i) {
  close(connections[i]->fd);
  free(connections[i]);
  connections[i] = connections[--connection_count];
}

/* False when the connection is to be closed. */
static bool receive(struct connection *c, on_bytes handler) {
  ssize_t got = recv(c->fd, c->buffer + c->length, sizeof c->buffer - 1 - c->length, 0);
  if (got <= 0) return false;
  c->length += got;
  for (;;) {
    c->buffer[c->length] = 0;
    long done = handler(c);
    if (done < 0) return false;
    if (done == 0) return c->length < sizeof c->buffer - 1;
    c->length -= done;
    memmove(c->buffer, c->buffer + done, c->length);
    if (c->length == 0) return true;
  }
}

void serve(int port, on_bytes handler) {
  int listener = listen_on(port);
  for (;;) {
    struct pollfd ready[max_connections + 1] = {{.fd = listener, .events = POLLIN}};
    int count = connection_count;
    for (int i = 0; i < count; i++) ready[i + 1] = (struct pollfd){.fd = connections[i]->fd, .events = POLLIN};
    if (poll(ready, count + 1, -1) < 0) continue;
    for (int i = count - 1; i >= 0; i--)
      if (ready[i + 1].revents && !receive(connections[i], handler)) drop(i);
    if (ready[0].revents) take(listener);
  }
}

int env_port(const char *name, int otherwise) {
  const char *text = getenv(name);
  return text ? atoi(text) : otherwise;
}

void send_text(int fd, const char *text) {
  for (size_t left = strlen(text); left > 0;) {
    ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
    if (sent <= 0) return;
    text += sent;
    left -= sent;
  }
}

void log_line(const char *format, ...) {
  char line[8192];
  va_list args;
  va_start(args, format);
  int length = vsnprintf(line, sizeof line - 1, format, args);
  va_end(args);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length] = '\n';
  if (write(STDOUT_FILENO, line, length + 1) < 0) return;
}

const char *escaped(const char *text, char *out, size_t size) {
  size_t at = 0;
  for (; *text && at + 7 < size; text++) {
    unsigned char c = *text;
    if (c == '"' || c == '\\') {
      out[at++] = '\\';
      out[at++] = c;
    } else if (c < 32)
      at += sprintf(out + at, "\\u%04x", c);
    else
      out[at++] = c;
  }
  out[at] = 0;
  return out;
}
