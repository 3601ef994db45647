/* The client's side of TCP, for services that call others. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Connects to 127.0.0.1 at the port of an address such as "localhost:5432": the descriptor, or -1. */
int dial(const char *address);

/* Receives exactly so many bytes. False when the connection ends before. */
bool receive_all(int fd, void *to, size_t length);
