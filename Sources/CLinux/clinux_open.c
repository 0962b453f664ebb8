// In place of the system's open, for this program and its libraries.
//
// Once a second libdispatch, which runs Swift's tasks, opens /proc/NUMBER/stat of its threads, and ends the process where it can't:
// without a descriptor left, or without /proc. What it can open and reads nothing from it leaves out.
#define _GNU_SOURCE
#include "clinux_start.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// Kept open for a time when there is no other; -1 while it is given away.
static _Atomic int spare = -1;

static int open_nothing(void) {
    return openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC);
}

void clinux_keep_spare_descriptor(void) {
    if (atomic_load(&spare) >= 0) return;
    int descriptor = open_nothing();
    int none = -1;
    if (descriptor >= 0 && !atomic_compare_exchange_strong(&spare, &none, descriptor)) close(descriptor);
}

static int is_thread_status(const char *path) {
    static const char directory[] = "/proc/";
    if (strncmp(path, directory, sizeof directory - 1) != 0) return 0;
    path += sizeof directory - 1;
    size_t digits = strspn(path, "0123456789");
    return digits > 0 && strcmp(path + digits, "/stat") == 0;
}

static int open_thread_status(const char *path, int flags) {
    clinux_keep_spare_descriptor();
    int descriptor = openat(AT_FDCWD, path, flags);
    if (descriptor >= 0) return descriptor;
    int error = errno;
    descriptor = open_nothing();
    if (descriptor < 0) descriptor = atomic_exchange(&spare, -1);
    if (descriptor < 0) errno = error;
    return descriptor;
}

__attribute__((visibility("default"))) int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if (is_thread_status(path)) return open_thread_status(path, flags);
    return openat(AT_FDCWD, path, flags, mode);
}
