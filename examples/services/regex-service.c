/* Logs "TIME [LEVEL] message". POST /set "key value", POST /fail, GET /health. */
#include "http.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static void log_at(const char *level, const char *message) {
  char stamp[32];
  time_t now = time(NULL);
  strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
  log_line("%s [%s] %s", stamp, level, message);
}

static long on_request(struct connection *c) {
  struct http_request request;
  char body[2048], message[2100];
  long length = http_parse(c, &request);
  if (length <= 0) return length;
  snprintf(body, sizeof body, "%.*s", (int)request.body_length, request.body);
  if (!strcmp(request.path, "/health")) http_answer(c->fd, 200, "ok\n");
  else if (!strcmp(request.path, "/set")) {
    snprintf(message, sizeof message, "SET %s", body);
    log_at("INFO", message);
    http_answer(c->fd, 200, "ok\n");
  } else if (!strcmp(request.path, "/fail")) {
    log_at("ERROR", "connection refused");
    http_answer(c->fd, 503, "failed\n");
  } else http_answer(c->fd, 404, "not found\n");
  return length;
}

int main(void) {
  log_at("INFO", "regex-service starts");
  serve(env_port("PORT", 8082), on_request);
}
