/* A key-value store. Line protocol: SET key value | GET key. A SET is written to a file and fsynced before it is answered. */
#include "server.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct entry {
  char key[256], value[1024];
};
static struct entry entries[1024];
static int entry_count;
static int journal;

static struct entry *find(const char *key) {
  for (int i = 0; i < entry_count; i++)
    if (!strcmp(entries[i].key, key)) return &entries[i];
  return NULL;
}

/* Writes the change to disk first. The errno of what failed, or 0. */
static int persist(const char *key, const char *value) {
  char line[1300];
  int length = snprintf(line, sizeof line, "%s=%s\n", key, value);
  if (write(journal, line, length) != length) return errno;
  return fsync(journal) < 0 ? errno : 0;
}

static void set(int fd, const char *key, const char *value) {
  char k[600], v[2100];
  int error = persist(key, value);
  if (error) {
    log_line("{\"level\":\"ERROR\",\"msg\":\"SET %s failed: %s\",\"op\":\"SET\",\"key\":\"%s\"}", escaped(key, k, sizeof k), strerror(error), k);
    send_text(fd, "ERR ");
    send_text(fd, strerror(error));
    send_text(fd, "\n");
    return;
  }
  struct entry *entry = find(key);
  if (!entry && entry_count < 1024) entry = &entries[entry_count++];
  if (entry) {
    snprintf(entry->key, sizeof entry->key, "%s", key);
    snprintf(entry->value, sizeof entry->value, "%s", value);
  }
  log_line("{\"level\":\"INFO\",\"msg\":\"SET %s %s\",\"op\":\"SET\",\"key\":\"%s\"}", escaped(key, k, sizeof k), escaped(value, v, sizeof v), k);
  send_text(fd, "OK\n");
}

static void get(int fd, const char *key) {
  char k[600];
  struct entry *entry = find(key);
  log_line("{\"level\":\"INFO\",\"msg\":\"GET %s\",\"op\":\"GET\",\"key\":\"%s\",\"found\":%s}", escaped(key, k, sizeof k), k, entry ? "true" : "false");
  send_text(fd, entry ? "VALUE " : "NOT_FOUND\n");
  if (!entry) return;
  send_text(fd, entry->value);
  send_text(fd, "\n");
}

static long on_line(struct connection *c) {
  char *nl = memchr(c->buffer, '\n', c->length);
  if (!nl) return 0;
  *nl = 0;
  char key[256], value[1024] = "";
  if (sscanf(c->buffer, "SET %255s %1023[^\r]", key, value) >= 1) set(c->fd, key, value);
  else if (sscanf(c->buffer, "GET %255s", key) == 1) get(c->fd, key);
  else send_text(c->fd, "ERR unknown command\n");
  return nl + 1 - c->buffer;
}

int main(void) {
  char path[4096];
  const char *dir = getenv("TMPDIR");
  snprintf(path, sizeof path, "%s/mock-db.journal", dir ? dir : "/tmp");
  journal = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (journal < 0) {
    fprintf(stderr, "cannot open %s: %s\n", path, strerror(errno));
    return 1;
  }
  log_line("{\"level\":\"INFO\",\"msg\":\"mock-db starts\",\"op\":\"START\"}");
  serve(env_port("PORT", 5432), on_line);
}
