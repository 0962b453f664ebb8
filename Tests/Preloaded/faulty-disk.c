// A library to be loaded before others into a program under test: it has calls on the files of a database fail with EIO, as on a
// disk that is broken for a while. Which calls is said by the first byte of the file named by FAULTY_DISK, as it is at each
// moment: the sum of 1 for syncs, 2 for writes and 4 for reads. A file is one of a database if its name has ".db" in it, and is
// not that of the lock beside it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SYNCS = 1, WRITES = 2, READS = 4 };

static const volatile uint8_t *faults;

__attribute__((constructor)) static void map(void) {
    const char *path = getenv("FAULTY_DISK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, 1, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) faults = page;
    close(file);
}

static int fails(int kind, int file) {
    if (!faults || !(*faults & kind)) return 0;
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length < 0) return 0;
    name[length] = 0;
    const char *base = strrchr(name, '/');
    if (!base || !strstr(base, ".db") || strstr(base, ".lock")) return 0;
    errno = EIO;
    return 1;
}

int fsync(int file) {
    return fails(SYNCS, file) ? -1 : (int)syscall(SYS_fsync, file);
}

int fdatasync(int file) {
    return fails(SYNCS, file) ? -1 : (int)syscall(SYS_fdatasync, file);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    return fails(WRITES, file) ? -1 : syscall(SYS_pwrite64, file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    return pwrite64(file, bytes, count, offset);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
    return fails(READS, file) ? -1 : syscall(SYS_pread64, file, bytes, count, offset);
}

ssize_t pread(int file, void *bytes, size_t count, off_t offset) {
    return pread64(file, bytes, count, offset);
}
