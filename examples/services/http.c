#define _GNU_SOURCE
#include "http.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long http_parse(struct connection *c, struct http_request *request) {
  char *end = strstr(c->buffer, "\r\n\r\n");
  if (!end) return 0;
  if (sscanf(c->buffer, "%15s %1023s", request->method, request->path) != 2) return -1;
  const char *length = strcasestr(c->buffer, "\r\ncontent-length:");
  request->body = end + 4;
  request->body_length = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
  size_t total = (request->body - c->buffer) + request->body_length;
  if (total >= sizeof c->buffer) return -1;
  return c->length >= total ? (long)total : 0;
}

static const char *reason(int status) {
  switch (status) {
  case 200: return "OK";
  case 404: return "Not Found";
  case 405: return "Method Not Allowed";
  case 503: return "Service Unavailable";
  default: return "Internal Server Error";
  }
}

void http_answer(int fd, int status, const char *body) {
  char head[9216];
  snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s", status, reason(status), strlen(body), body);
  send_text(fd, head);
}
