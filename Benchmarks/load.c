/* Submits jobs to a running daemon over its Unix socket: CLIENTS connections that stay open, each with one request on the
   way at a time and one job in it, counted when its acknowledgement is there.
   cc -O2 load.c -o load && ./load SOCKET PIPELINE CLIENTS SECONDSs|COUNT [PAUSE_US]
   A number with an s, such as 5s, is a time; any other is how many jobs in all. PAUSE_US is slept before each request.
   Prints the acknowledged jobs a second, and how long an acknowledgement took in microseconds: the median, the 99th
   percentile and the longest. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct client {
  int descriptor;
  size_t filled;
  double began;
  char answer[4096];
};

static const char *pipeline;
static double *latencies;
static size_t capacity, acknowledged, sent, limit;
static double deadline;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int connect_to(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) exit(64);
  strcpy(address.sun_path, path);
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address)) die(path);
  return descriptor;
}

/* Sends the next job; returns 0 if there are to be no more. */
static int submit(struct client *client) {
  if (limit ? sent >= limit : now() >= deadline) return 0;
  char body[64], request[1024];
  int size = snprintf(body, sizeof body, "{\"item\":\"%zu\"}", ++sent);
  int length = snprintf(request, sizeof request,
                        "POST /v1/pipelines/%s/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        "Content-Length: %d\r\n\r\n%s",
                        pipeline, size, body);
  client->filled = 0;
  client->began = now();
  if (write(client->descriptor, request, length) != length) die("write");
  return 1;
}

/* Reads on; returns whether the whole answer is there. */
static int receive(struct client *client) {
  ssize_t count = read(client->descriptor, client->answer + client->filled, sizeof client->answer - 1 - client->filled);
  if (count <= 0) die("read");
  client->filled += count;
  client->answer[client->filled] = 0;
  char *end = strstr(client->answer, "\r\n\r\n");
  if (!end) return 0;
  char *length = strcasestr(client->answer, "content-length:");
  if (!length || length > end) {
    fprintf(stderr, "no content-length:\n%s\n", client->answer);
    exit(1);
  }
  if (client->filled < (size_t)(end + 4 - client->answer) + atol(length + 15)) return 0;
  if (strncmp(client->answer, "HTTP/1.1 201", 12)) {
    fprintf(stderr, "%s\n", client->answer);
    exit(1);
  }
  if (acknowledged == capacity) {
    capacity = capacity ? 2 * capacity : 1 << 16;
    latencies = realloc(latencies, capacity * sizeof *latencies);
    if (!latencies) die("realloc");
  }
  latencies[acknowledged++] = now() - client->began;
  return 1;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  if (count < 5) {
    fprintf(stderr, "usage: %s SOCKET PIPELINE CLIENTS SECONDSs|COUNT [PAUSE_US]\n", arguments[0]);
    return 64;
  }
  pipeline = arguments[2];
  int clients = atoi(arguments[3]), busy = 0, pause = count > 5 ? atoi(arguments[5]) : 0;
  int is_time = arguments[4][strlen(arguments[4]) - 1] == 's';
  if (!is_time) limit = strtoul(arguments[4], 0, 10);
  struct client *all = calloc(clients, sizeof *all);
  int poll = epoll_create1(0);
  for (int i = 0; i < clients; i++) {
    all[i].descriptor = connect_to(arguments[1]);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, all[i].descriptor, &event)) die("epoll_ctl");
  }
  double start = now();
  deadline = start + atof(arguments[4]);
  if (clients == 1) {
    /* Without epoll, which would cost a call more per job. */
    while (submit(all)) {
      while (!receive(all)) {}
      if (pause) usleep(pause);
    }
  } else {
    for (int i = 0; i < clients; i++) busy += submit(&all[i]);
    while (busy) {
      struct epoll_event events[64];
      int ready = epoll_wait(poll, events, 64, -1);
      if (ready < 0 && errno != EINTR) die("epoll_wait");
      for (int i = 0; i < ready; i++) {
        struct client *client = events[i].data.ptr;
        if (receive(client) && !submit(client)) busy--;
      }
    }
  }
  double elapsed = now() - start;
  if (!acknowledged) return 1;
  qsort(latencies, acknowledged, sizeof *latencies, ascending);
  printf("clients=%d jobs=%zu rate=%.0f/s p50=%.0fus p99=%.0fus max=%.0fus\n", clients, acknowledged,
         acknowledged / elapsed, 1e6 * latencies[acknowledged / 2], 1e6 * latencies[acknowledged * 99 / 100],
         1e6 * latencies[acknowledged - 1]);
}
