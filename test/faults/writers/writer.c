/* Writes 200 times to a file when it is told to, and answers how many writes failed. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
  char path[4096], line[64];
  snprintf(path, sizeof path, "%s/data", getenv("TMPDIR"));
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(7000), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) return 1;
  for (;;) {
    int client = accept(listener, NULL, NULL), errors = 0;
    if (read(client, line, sizeof line) > 0) {
      int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
      for (int i = 0; i < 200; i++) errors += write(file, "0123456789", 10) != 10;
      close(file);
      printf("{\"msg\":\"done\",\"errors\":%d}\n", errors);
      fflush(stdout);
      dprintf(client, "%d\n", errors);
    }
    close(client);
  }
}
