/* How long an idle daemon takes from a job's submission to the beginning of its handler. Submits COUNT jobs, one at a time
   and with a pause before each, and waits for the line "consumed" in the daemon's log at level debug, which it has for its
   standard input. That the line has to be written and read is part of the time.
   cc -O2 pickup.c -o pickup && katad --log-level debug … 2>&1 | ./pickup SOCKET PIPELINE COUNT
   Prints the median and the 99th percentile in microseconds. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static char text[1 << 16];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void submit(int socket, const char *pipeline, int number) {
  char body[64], request[1024];
  int size = snprintf(body, sizeof body, "{\"item\":\"%d\"}", number);
  int length = snprintf(request, sizeof request,
                        "POST /v1/pipelines/%s/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: %d\r\n\r\n%s",
                        pipeline, size, body);
  if (write(socket, request, length) != length) die("write");
}

static void wait_for_handler(void) {
  size_t filled = 0;
  for (;;) {
    struct pollfd input = {STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 5000) == 0) die("no job began");
    ssize_t count = read(STDIN_FILENO, text + filled, sizeof text - 1 - filled);
    if (count <= 0) die("read");
    filled += count;
    text[filled] = 0;
    if (strstr(text, "consumed")) return;
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: %s SOCKET PIPELINE COUNT\n", arguments[0]);
    return 64;
  }
  int jobs = atoi(arguments[3]);
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (jobs < 1 || strlen(arguments[1]) >= sizeof address.sun_path) return 64;
  strcpy(address.sun_path, arguments[1]);
  int client = socket(AF_UNIX, SOCK_STREAM, 0);
  if (client < 0) die("socket");
  while (connect(client, (struct sockaddr *)&address, sizeof address)) usleep(10000);
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  double *times = calloc(jobs, sizeof *times);
  if (!times) die("calloc");
  for (int i = 0; i < jobs; i++) {
    usleep(3000 + i % 7 * 300);
    while (read(STDIN_FILENO, text, sizeof text) > 0) {}
    double start = now();
    submit(client, arguments[2], i);
    wait_for_handler();
    times[i] = now() - start;
    if (read(client, text, sizeof text) <= 0) die("read");
  }
  qsort(times, jobs, sizeof *times, ascending);
  printf("%.0f %.0f\n", 1e6 * times[jobs / 2], 1e6 * times[jobs * 99 / 100]);
}
