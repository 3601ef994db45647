/* A one-thread TCP server, and the few things that all demo services share. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* One client connection and the bytes of its request so far. */
struct connection {
  int fd;
  size_t length;
  char buffer[16384];
};

/* Called when bytes have come. Returns how many bytes of the buffer are done with, or -1 to close the connection. */
typedef long (*on_bytes)(struct connection *);

/* Serves 127.0.0.1:port until the process is ended. A connection closed without a request is nothing to speak of. */
void serve(int port, on_bytes handler);

/* The integer in an environment variable, or a default. */
int env_port(const char *name, int otherwise);

/* Sends a whole string on a socket. */
void send_text(int fd, const char *text);

/* Prints one line to stdout in a single write: formatted like printf, newline added. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Copies text with what JSON and logfmt strings must escape. */
const char *escaped(const char *text, char *out, size_t size);
