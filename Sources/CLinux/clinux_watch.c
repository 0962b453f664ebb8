#include "clinux_watch.h"
#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

int clinux_watch_create(const char *directory) {
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0) return -1;
    if (inotify_add_watch(watch, directory, IN_MOVED_TO | IN_CLOSE_WRITE | IN_ONLYDIR) < 0) {
        int error = errno;
        close(watch);
        errno = error;
        return -1;
    }
    return watch;
}

int clinux_watch_wait(int watch, int other) {
    struct pollfd descriptors[2] = {{.fd = watch, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    while (poll(descriptors, 2, -1) < 0 && errno == EINTR) {
    }
    if (descriptors[1].revents != 0) return 0;
    char events[64 * 1024];
    while (read(watch, events, sizeof events) > 0) {
    }
    return 1;
}
