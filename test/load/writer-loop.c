/* Told a number, it makes that many pwrite calls of 64 bytes and answers. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  char path[4096], line[64], block[64] = "x";
  snprintf(path, sizeof path, "%s/data", getenv("TMPDIR"));
  int file = open(path, O_RDWR | O_CREAT, 0600), listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) return 1;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    ssize_t length = read(client, line, sizeof line - 1);
    if (length > 0) {
      line[length] = 0;
      for (long i = 0, calls = atol(line); i < calls; i++)
        if (pwrite(file, block, sizeof block, (i & 63) * 64) != sizeof block) return 2;
      dprintf(client, "done\n");
    }
    close(client);
  }
}
