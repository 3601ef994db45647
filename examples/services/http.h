/* Just enough HTTP/1.1 for the demo services. */
#pragma once
#include "server.h"

struct http_request {
  char method[16];
  char path[1024];
  const char *body;
  size_t body_length;
};

/* Parses the request at the head of the buffer: its length in bytes, 0 when it is not complete yet, -1 when it is no HTTP. */
long http_parse(struct connection *c, struct http_request *request);

/* Answers with a status and a text body. */
void http_answer(int fd, int status, const char *body);
