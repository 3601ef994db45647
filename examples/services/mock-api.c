/* HTTP in front of mock-db: POST and GET /data/KEY, GET /health. Answers 503 and logs an error when the database fails. */
#include "http.h"
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *db_host = "localhost", *db_port = "5432";

static int dial(void) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
  const char *host = strcmp(db_host, "localhost") ? db_host : "127.0.0.1";
  if (getaddrinfo(host, db_port, &hints, &found) != 0) {
    errno = EHOSTUNREACH;
    return -1;
  }
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
    int error = errno;
    close(fd);
    errno = error;
    fd = -1;
  }
  freeaddrinfo(found);
  return fd;
}

/* One request to the database on a connection of its own. False with a reason in `answer` when it failed. */
static bool ask_db(const char *command, char *answer, size_t size) {
  int fd = dial();
  if (fd < 0) {
    snprintf(answer, size, "connect: %s", strerror(errno));
    return false;
  }
  send_text(fd, command);
  size_t length = 0;
  ssize_t got = 0;
  while (length < size - 1 && !memchr(answer, '\n', length) && (got = recv(fd, answer + length, size - 1 - length, 0)) > 0) length += got;
  int error = errno;
  close(fd);
  answer[length] = 0;
  if (length == 0) {
    snprintf(answer, size, "no answer: %s", got < 0 ? strerror(error) : "connection closed");
    return false;
  }
  answer[strcspn(answer, "\n")] = 0;
  return strncmp(answer, "ERR", 3) != 0;
}

static void data(int fd, const struct http_request *request) {
  char command[4096], answer[2048], key[2100], why[4200];
  const char *name = request->path + strlen("/data/");
  if (!strcmp(request->method, "POST")) snprintf(command, sizeof command, "SET %s %.*s\n", name, (int)request->body_length, request->body);
  else snprintf(command, sizeof command, "GET %s\n", name);
  escaped(name, key, sizeof key);
  if (!ask_db(command, answer, sizeof answer)) {
    log_line("{\"level\":\"ERROR\",\"msg\":\"database error: %s\",\"method\":\"%s\",\"key\":\"%s\"}", escaped(answer, why, sizeof why), request->method, key);
    http_answer(fd, 503, "database error\n");
    return;
  }
  bool missing = !strcmp(answer, "NOT_FOUND");
  log_line("{\"level\":\"INFO\",\"msg\":\"%s %s\",\"method\":\"%s\",\"key\":\"%s\",\"status\":%d}", request->method, key, request->method, key, missing ? 404 : 200);
  if (missing) http_answer(fd, 404, "not found\n");
  else http_answer(fd, 200, strncmp(answer, "VALUE ", 6) ? "ok" : answer + 6);
}

static long on_request(struct connection *c) {
  struct http_request request;
  long length = http_parse(c, &request);
  if (length <= 0) return length;
  if (!strcmp(request.path, "/health")) http_answer(c->fd, 200, "ok\n");
  else if (!strncmp(request.path, "/data/", 6) && request.path[6]) data(c->fd, &request);
  else http_answer(c->fd, 404, "not found\n");
  return length;
}

int main(void) {
  char *address = getenv("DB_ADDR");
  char *colon = address ? strrchr(address, ':') : NULL;
  if (colon) {
    *colon = 0;
    db_host = address;
    db_port = colon + 1;
  }
  log_line("{\"level\":\"INFO\",\"msg\":\"mock-api starts\",\"db\":\"%s:%s\"}", db_host, db_port);
  serve(env_port("PORT", 8080), on_request);
}
