/*
 * Orders over HTTP: POST /orders inserts a row and tells the shipping service of it, GET /health. Speaks PostgreSQL's protocol itself
 * (https://www.postgresql.org/docs/current/protocol-flow.html), without a password. PUBLISH=early tells of the order before it is committed.
 */
#include "client.h"
#include "http.h"
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int db = -1;

/* Reads messages until the server is ready for the next query. False when one of them was an error or the connection ended. */
static bool until_ready(void) {
  bool good = true;
  for (;;) {
    unsigned char head[5], body[4096];
    if (!receive_all(db, head, sizeof head)) return false;
    size_t length = (head[1] << 24 | head[2] << 16 | head[3] << 8 | head[4]) - 4;
    if (length > sizeof body || !receive_all(db, body, length)) return false;
    if (head[0] == 'E') good = false;
    if (head[0] == 'Z') return good;
  }
}

static bool query(const char *sql) {
  char message[4096];
  size_t length = strlen(sql) + 5;
  uint32_t size = htonl(length);
  message[0] = 'Q';
  memcpy(message + 1, &size, sizeof size);
  memcpy(message + 5, sql, length - 4);
  return send(db, message, length + 1, MSG_NOSIGNAL) > 0 && until_ready();
}

static bool connect_db(void) {
  static const char startup[] = "\0\0\0\0\0\3\0\0user\0postgres\0database\0postgres\0";
  char message[sizeof startup];
  memcpy(message, startup, sizeof startup);
  message[3] = sizeof startup;
  db = dial(getenv("DB_ADDR"));
  return db >= 0 && send(db, message, sizeof message, MSG_NOSIGNAL) > 0 && until_ready();
}

static bool publish(const char *item) {
  char line[256], answer[64];
  int fd = dial(getenv("SHIPPING_ADDR"));
  if (fd < 0) return false;
  snprintf(line, sizeof line, "SET order %s\n", item);
  send_text(fd, line);
  bool good = recv(fd, answer, sizeof answer, 0) > 0;
  close(fd);
  return good;
}

static void order(int fd, const struct http_request *request) {
  char sql[512], item[64] = "";
  for (size_t i = 0; i < request->body_length && i < sizeof item - 1 && request->body[i] >= 'a' && request->body[i] <= 'z'; i++) item[i] = request->body[i];
  const char *mode = getenv("PUBLISH");
  bool early = mode && !strcmp(mode, "early");
  snprintf(sql, sizeof sql, "INSERT INTO orders (item) VALUES ('%s')", item);
  bool good = query("BEGIN") && query(sql);
  if (good && early) good = publish(item);
  good = query(good && *item ? "COMMIT" : "ROLLBACK") && good && *item;
  if (good && !early) good = publish(item);
  log_line("{\"level\":\"%s\",\"msg\":\"order\",\"item\":\"%s\"}", good ? "INFO" : "ERROR", item);
  http_answer(fd, good ? 201 : 500, good ? "ordered\n" : "no order\n");
}

static long on_request(struct connection *c) {
  struct http_request request;
  long length = http_parse(c, &request);
  if (length <= 0) return length;
  if (!strcmp(request.path, "/health")) http_answer(c->fd, 200, "ok\n");
  else if (!strcmp(request.method, "POST") && !strcmp(request.path, "/orders")) order(c->fd, &request);
  else http_answer(c->fd, 404, "not found\n");
  return length;
}

int main(void) {
  if (!connect_db() || !query("CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item text NOT NULL, placed timestamptz NOT NULL DEFAULT now())")) {
    log_line("{\"level\":\"ERROR\",\"msg\":\"no database at %s\"}", getenv("DB_ADDR"));
    return 1;
  }
  serve(env_port("PORT", 8080), on_request);
}
