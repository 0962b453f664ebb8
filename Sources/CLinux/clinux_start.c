// What comes before main: there libraries have already opened files and started threads, or have ended the process because they
// could not.
#define _GNU_SOURCE
#include "clinux_start.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Where Swift has no such function any more, it does without.
__attribute__((weak)) extern void _swift_stdlib_overrideUnsafeArgvArgc(char **arguments, int count);

// As many as Swift's pool of threads needs to begin its first task, and a few more.
enum { DESCRIPTORS = 8, THREADS = 3 };
// EX_CANTCREAT of sysexits.h
enum { CANNOT_CREATE = 73 };

static void refuse(const char *what, int error, const char *advice) {
    dprintf(STDERR_FILENO, "%s: cannot %s: %s; %s\n", program_invocation_short_name, what, strerror(error), advice);
    _exit(CANNOT_CREATE);
}

// Otherwise the next file would get the number of a standard stream.
static void open_standard_descriptors(void) {
    int descriptor;
    do descriptor = open("/dev/null", O_RDWR);
    while (descriptor >= 0 && descriptor <= STDERR_FILENO);
    if (descriptor >= 0) close(descriptor);
}

static void check_descriptors(void) {
    int opened[DESCRIPTORS];
    int count = 0;
    while (count < DESCRIPTORS && (opened[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0) count++;
    int error = errno;
    int is_enough = count == DESCRIPTORS;
    while (count > 0) close(opened[--count]);
    // Without /dev there may be no standard streams to begin with.
    if (!is_enough && error != EBADF)
        refuse("open files", error, "allow this process more open files (ulimit -n, LimitNOFILE=)");
}

static pthread_mutex_t start = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_start(void *unused) {
    pthread_mutex_lock(&start);
    pthread_mutex_unlock(&start);
    return unused;
}

static void check_threads(void) {
    pthread_t threads[THREADS];
    int count = 0, error = 0;
    // None ends before all are there.
    pthread_mutex_lock(&start);
    while (count < THREADS && (error = pthread_create(&threads[count], 0, wait_for_start, 0)) == 0) count++;
    pthread_mutex_unlock(&start);
    while (count > 0) pthread_join(threads[--count], 0);
    if (error != 0)
        refuse("start threads", error,
               "allow its user more processes (ulimit -u, LimitNPROC=), or its unit more tasks (TasksMax=)");
}

__attribute__((constructor)) static void prepare(int count, char **arguments) {
    open_standard_descriptors();
    check_descriptors();
    check_threads();
    clinux_keep_spare_descriptor();
    // Swift would read them in /proc, and have none where that is not mounted.
    if (_swift_stdlib_overrideUnsafeArgvArgc) _swift_stdlib_overrideUnsafeArgvArgc(arguments, count);
}
