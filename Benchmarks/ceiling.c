/* What SQLite and this disk can do for a job queue at the most: one connection, prepared statements, synchronous = FULL, and
   nothing else. Adds COUNT jobs in transactions of BATCH, then finishes them, each with an update and a result.
   cc -O2 ceiling.c -lsqlite3 -o ceiling && ./ceiling DATABASE BATCH COUNT
   Prints how many jobs a second were added, and how many finished.

   With a BATCH of 0 the jobs come one by one from another process, over a socket: the one thread that reads them commits each
   and answers, with no protocol at all. Prints how many a second were answered: nothing can answer a single client from SQLite any faster. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *database;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void check(int code, int expected) {
  if (code == expected) return;
  fprintf(stderr, "%s\n", sqlite3_errmsg(database));
  exit(1);
}

static void execute(const char *sql) { check(sqlite3_exec(database, sql, 0, 0, 0), SQLITE_OK); }

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(database, sql, -1, &statement, 0), SQLITE_OK);
  return statement;
}

static void step(sqlite3_stmt *statement) {
  check(sqlite3_step(statement), SQLITE_DONE);
  sqlite3_reset(statement);
}

/* Calls `each` for every job, so many to a transaction; returns how many a second. */
static double rate(int count, int batch, void (*each)(int)) {
  double start = now();
  for (int done = 0; done < count;) {
    execute("BEGIN IMMEDIATE");
    for (int i = 0; i < batch && done < count; i++) each(++done);
    execute("COMMIT");
  }
  return count / (now() - start);
}

static sqlite3_stmt *insert_job, *update_job, *insert_result;

static void add(int id) {
  char item[16];
  int length = snprintf(item, sizeof item, "%d", id);
  sqlite3_bind_text(insert_job, 1, item, length, SQLITE_STATIC);
  sqlite3_bind_int64(insert_job, 2, id);
  step(insert_job);
}

static void finish(int id) {
  sqlite3_bind_int64(update_job, 1, id);
  step(update_job);
  sqlite3_bind_int64(insert_result, 1, id);
  sqlite3_bind_int64(insert_result, 2, id);
  step(insert_result);
}

/* Submits jobs one after the other, as long as there is an answer. */
static void submit(int socket, int count) {
  char message[128] = "a request, about as long as one over HTTP";
  for (int i = 0; i < count; i++) {
    if (write(socket, message, sizeof message) != sizeof message) _exit(1);
    if (read(socket, message, sizeof message) != sizeof message) _exit(1);
  }
  _exit(0);
}

/* Answers jobs from another process, each after its commit; returns how many a second. */
static double answer(int count) {
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) return 0;
  if (fork() == 0) submit(sockets[1], count);
  close(sockets[1]);
  char message[128];
  double start = now();
  for (int id = 1; id <= count; id++) {
    if (read(sockets[0], message, sizeof message) != sizeof message) return 0;
    execute("BEGIN IMMEDIATE");
    add(id);
    execute("COMMIT");
    if (write(sockets[0], message, sizeof message) != sizeof message) return 0;
  }
  return count / (now() - start);
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: %s DATABASE BATCH COUNT\n", arguments[0]);
    return 64;
  }
  int batch = atoi(arguments[2]), jobs = atoi(arguments[3]);
  if (batch < 0 || jobs < 1) return 64;
  if (sqlite3_open(arguments[1], &database)) return 1;
  execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  execute("CREATE TABLE job (id INTEGER PRIMARY KEY, state INTEGER NOT NULL DEFAULT 0, item TEXT NOT NULL,"
          " attempt INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL) STRICT");
  execute("CREATE INDEX job_pending ON job (id) WHERE state = 0");
  execute("CREATE TABLE result (id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL, consumer_id TEXT NOT NULL,"
          " started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL) STRICT");
  insert_job = prepare("INSERT INTO job (item, created_at) VALUES (?1, ?2)");
  update_job = prepare("UPDATE job SET state = 2 WHERE id = ?1 AND state = 0");
  insert_result =
      prepare("INSERT INTO result (job_id, consumer_id, started_at, finished_at) VALUES (?1, 'c1', ?2, ?2)");
  if (batch == 0) {
    printf("%.0f\n", answer(jobs));
    return 0;
  }
  double added = rate(jobs, batch, add);
  printf("%.0f %.0f\n", added, rate(jobs, batch, finish));
}
