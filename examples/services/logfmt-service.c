/* Logs in logfmt. POST /set "key value", POST /fail, GET /health. */
#include "http.h"
#include <stdio.h>
#include <string.h>

static long on_request(struct connection *c) {
  struct http_request request;
  char body[2048], text[4200];
  long length = http_parse(c, &request);
  if (length <= 0) return length;
  snprintf(body, sizeof body, "%.*s", (int)request.body_length, request.body);
  if (!strcmp(request.path, "/health")) http_answer(c->fd, 200, "ok\n");
  else if (!strcmp(request.path, "/set")) {
    log_line("level=INFO msg=\"SET %s\" op=SET", escaped(body, text, sizeof text));
    http_answer(c->fd, 200, "ok\n");
  } else if (!strcmp(request.path, "/fail")) {
    log_line("level=ERROR msg=\"connection refused\" op=FAIL");
    http_answer(c->fd, 503, "failed\n");
  } else http_answer(c->fd, 404, "not found\n");
  return length;
}

int main(void) {
  log_line("level=INFO msg=\"logfmt-service starts\" op=START");
  serve(env_port("PORT", 8081), on_request);
}
