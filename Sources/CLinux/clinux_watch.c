#include "clinux_watch.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int clinux_watch_create(const char *directory) {
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0) return -1;
    const uint32_t mask = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (inotify_add_watch(watch, directory, mask) < 0) {
        int error = errno;
        close(watch);
        errno = error;
        return -1;
    }
    return watch;
}

static int take(const struct inotify_event *event, char *names, size_t *length) {
    if (event->mask & IN_Q_OVERFLOW) return CLINUX_WATCH_LOST;
    if (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) return CLINUX_WATCH_GONE;
    if (event->len == 0 || event->mask & IN_ISDIR) return 0;
    size_t size = strlen(event->name) + 1;
    memcpy(names + *length, event->name, size);
    *length += size;
    return CLINUX_WATCH_NAMES;
}

int clinux_watch_wait(int watch, int other, char *names, size_t *length) {
    struct pollfd descriptors[2] = {{.fd = watch, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    *length = 0;
    for (;;) {
        while (poll(descriptors, 2, -1) < 0 && errno == EINTR) {
        }
        if (descriptors[1].revents != 0) return CLINUX_WATCH_OTHER;
        // A name is shorter than its event, so the names fit.
        char events[CLINUX_WATCH_SIZE] __attribute__((aligned(__alignof__(struct inotify_event))));
        ssize_t size = read(watch, events, sizeof events);
        if (size <= 0) continue;
        int happened = 0;
        for (char *next = events; next < events + size;) {
            const struct inotify_event *event = (const struct inotify_event *)next;
            happened |= take(event, names, length);
            next += sizeof *event + event->len;
        }
        if (happened != 0) return happened;
    }
}
