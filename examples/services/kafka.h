/* Just enough of Kafka's protocol to publish (https://kafka.apache.org/protocol): one broker, one message a request, acks=all. */
#pragma once
#include <stdbool.h>

/* Connects to a broker and waits until a topic is there, which makes it where the broker does that: its partitions, or -1. */
int kafka_open(int *fd, const char *address, const char *topic);

/* Publishes one message and waits for the acknowledgement. */
bool kafka_publish(int fd, const char *topic, int partition, const char *key, const char *value);
