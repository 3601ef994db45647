/*
 * Orders over HTTP, told to others over Kafka: POST /orders writes the order into a journal, then publishes it to the topic `orders`;
 * GET /health. PUBLISH=early tells of the order before it is in the journal.
 */
#include "http.h"
#include "kafka.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char topic[] = "orders";
static int broker = -1, partitions, journal = -1, orders;

static bool keep(const char *order) {
  size_t length = strlen(order);
  return write(journal, order, length) == (ssize_t)length && fdatasync(journal) == 0;
}

static bool publish(const char *order, int id) {
  char key[16];
  snprintf(key, sizeof key, "%d", id);
  return kafka_publish(broker, topic, id % partitions, key, order);
}

static void order(int fd, const struct http_request *request) {
  char line[256], item[64] = "";
  const char *body = request->body;
  size_t most = request->body_length < sizeof item ? request->body_length : sizeof item - 1;
  for (size_t i = 0; i < most && body[i] >= 'a' && body[i] <= 'z'; i++) item[i] = body[i];
  const char *mode = getenv("PUBLISH");
  bool early = mode && !strcmp(mode, "early");
  int id = ++orders;
  snprintf(line, sizeof line, "{\"id\":%d,\"item\":\"%s\"}\n", id, item);
  bool good = *item && (!early || publish(line, id)) && keep(line) && (early || publish(line, id));
  log_line("{\"level\":\"%s\",\"msg\":\"order\",\"id\":%d,\"item\":\"%s\"}", good ? "INFO" : "ERROR", id, item);
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
  char path[4096];
  snprintf(path, sizeof path, "%s/orders.journal", getenv("TMPDIR"));
  journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  partitions = kafka_open(&broker, getenv("KAFKA_ADDR"), topic);
  if (journal < 0 || partitions < 0) {
    log_line("{\"level\":\"ERROR\",\"msg\":\"no journal at %s or no topic at %s\"}", path, getenv("KAFKA_ADDR"));
    return 1;
  }
  serve(env_port("PORT", 8080), on_request);
}
