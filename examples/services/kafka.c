#include "kafka.h"
#include "client.h"
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCE = 0, PRODUCE_VERSION = 3, METADATA = 3, METADATA_VERSION = 4 };
enum { NO_ERROR = 0, UNKNOWN_TOPIC = 3, LEADER_NOT_AVAILABLE = 5, NOT_LEADER = 6, NO_ANSWER = -1 };
enum { PATIENCE_MS = 10000, RETRY_MS = 5, ACK_MS = 5000 };

/* Bytes in network order, written or read from the front. */
struct bytes {
  unsigned char at[4096];
  size_t length, next;
};

static void put(struct bytes *b, const void *from, size_t length) {
  if (b->length + length > sizeof b->at) return;
  memcpy(b->at + b->length, from, length);
  b->length += length;
}

static void put_int(struct bytes *b, int64_t value, int size) {
  unsigned char out[8];
  for (int i = 0; i < size; i++) out[i] = (uint64_t)value >> 8 * (size - 1 - i);
  put(b, out, size);
}

static void put_string(struct bytes *b, const char *text) {
  put_int(b, strlen(text), 2);
  put(b, text, strlen(text));
}

static void put_varint(struct bytes *b, int32_t value) {
  uint32_t zigzag = (uint32_t)value << 1 ^ (uint32_t)(value >> 31);
  for (; zigzag > 0x7f; zigzag >>= 7) put_int(b, (zigzag & 0x7f) | 0x80, 1);
  put_int(b, zigzag, 1);
}

static int64_t take_int(struct bytes *b, int size) {
  uint64_t value = 0;
  for (int i = 0; i < size && b->next < b->length; i++) value = value << 8 | b->at[b->next++];
  return size == 2 ? (int16_t)value : size == 4 ? (int32_t)value : (int64_t)value;
}

/* A string of that many bytes follows its length; -1 stands for none. */
static void skip_string(struct bytes *b) {
  int64_t length = take_int(b, 2);
  if (length > 0) b->next += length;
}

/* The checksum of record batches, CRC-32C. */
static uint32_t crc32c(const unsigned char *data, size_t length) {
  uint32_t crc = ~0u;
  for (size_t i = 0; i < length; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

/* Sends a request and receives the answer, behind its correlation id. */
static bool ask(int fd, int key, int version, const struct bytes *body, struct bytes *answer) {
  struct bytes request = {0};
  unsigned char size[4], correlation[4];
  put_int(&request, 2 + 2 + 4 + 2 + strlen("orders") + body->length, 4);
  put_int(&request, key, 2);
  put_int(&request, version, 2);
  put_int(&request, 1, 4);
  put_string(&request, "orders");
  put(&request, body->at, body->length);
  if (send(fd, request.at, request.length, MSG_NOSIGNAL) != (ssize_t)request.length) return false;
  if (!receive_all(fd, size, sizeof size) || !receive_all(fd, correlation, sizeof correlation)) return false;
  *answer = (struct bytes){.length = ((size_t)size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3]) - sizeof correlation};
  return answer->length <= sizeof answer->at && receive_all(fd, answer->at, answer->length);
}

/* The number of a topic's partitions; 0 while it is being made, -1 when it cannot be. */
static int partitions(int fd, const char *topic) {
  struct bytes request = {0}, answer;
  put_int(&request, 1, 4);
  put_string(&request, topic);
  put_int(&request, true, 1);
  if (!ask(fd, METADATA, METADATA_VERSION, &request, &answer)) return -1;
  take_int(&answer, 4);
  for (int64_t brokers = take_int(&answer, 4); brokers > 0; brokers--) {
    take_int(&answer, 4);
    skip_string(&answer);
    take_int(&answer, 4);
    skip_string(&answer);
  }
  skip_string(&answer);
  take_int(&answer, 4);
  if (take_int(&answer, 4) != 1) return -1;
  int error = take_int(&answer, 2);
  if (error == UNKNOWN_TOPIC || error == LEADER_NOT_AVAILABLE) return 0;
  skip_string(&answer);
  take_int(&answer, 1);
  return error == NO_ERROR ? (int)take_int(&answer, 4) : -1;
}

static void pause_retry(int *waited_ms) {
  nanosleep(&(struct timespec){.tv_nsec = RETRY_MS * 1000000}, NULL);
  *waited_ms += RETRY_MS;
}

int kafka_open(int *fd, const char *address, const char *topic) {
  *fd = dial(address);
  if (*fd < 0) return -1;
  int waited_ms = 0, count;
  while ((count = partitions(*fd, topic)) == 0 && waited_ms < PATIENCE_MS) pause_retry(&waited_ms);
  return count > 0 ? count : -1;
}

static void put_record(struct bytes *b, const char *key, const char *value) {
  struct bytes record = {0};
  put_int(&record, 0, 1);
  put_varint(&record, 0);
  put_varint(&record, 0);
  put_varint(&record, strlen(key));
  put(&record, key, strlen(key));
  put_varint(&record, strlen(value));
  put(&record, value, strlen(value));
  put_varint(&record, 0);
  put_varint(b, record.length);
  put(b, record.at, record.length);
}

/* What the checksum of a batch covers: attributes, offsets, times, no producer id, one record. */
static void put_batch(struct bytes *b, const char *key, const char *value) {
  struct bytes covered = {0};
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  int64_t now_ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
  put_int(&covered, 0, 2);
  put_int(&covered, 0, 4);
  put_int(&covered, now_ms, 8);
  put_int(&covered, now_ms, 8);
  put_int(&covered, -1, 8);
  put_int(&covered, -1, 2);
  put_int(&covered, -1, 4);
  put_int(&covered, 1, 4);
  put_record(&covered, key, value);
  put_int(b, 0, 8);
  put_int(b, 4 + 1 + 4 + covered.length, 4);
  put_int(b, -1, 4);
  put_int(b, 2, 1);
  put_int(b, crc32c(covered.at, covered.length), 4);
  put(b, covered.at, covered.length);
}

/* The error of the broker's answer. */
static int produce(int fd, const struct bytes *request) {
  struct bytes answer;
  if (!ask(fd, PRODUCE, PRODUCE_VERSION, request, &answer)) return NO_ANSWER;
  take_int(&answer, 4);
  skip_string(&answer);
  take_int(&answer, 4);
  take_int(&answer, 4);
  return take_int(&answer, 2);
}

bool kafka_publish(int fd, const char *topic, int partition, const char *key, const char *value) {
  struct bytes request = {0}, batch = {0};
  put_batch(&batch, key, value);
  put_int(&request, -1, 2);
  put_int(&request, -1, 2);
  put_int(&request, ACK_MS, 4);
  put_int(&request, 1, 4);
  put_string(&request, topic);
  put_int(&request, 1, 4);
  put_int(&request, partition, 4);
  put_int(&request, batch.length, 4);
  put(&request, batch.at, batch.length);
  int error, waited_ms = 0;
  // These refusals, of a broker that has just heard of the topic, append nothing.
  while (((error = produce(fd, &request)) == UNKNOWN_TOPIC || error == NOT_LEADER) && waited_ms < PATIENCE_MS) pause_retry(&waited_ms);
  return error == NO_ERROR;
}
