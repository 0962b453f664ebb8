// Watching a directory: inotify is not in Swift's Glibc module.
#pragma once
#include <stddef.h>

/// What may have happened in a directory that is watched.
enum clinux_watch_event {
    /// Files were moved into it, or closed after writing.
    CLINUX_WATCH_NAMES = 1,
    /// So much happened that some of it is not told.
    CLINUX_WATCH_LOST = 2,
    /// The directory was moved, removed or unmounted. Nothing more is told of the one that gets its name.
    CLINUX_WATCH_GONE = 4,
    /// The other descriptor is readable.
    CLINUX_WATCH_OTHER = 8,
};

/// How large the buffer for names has to be, in bytes.
enum { CLINUX_WATCH_SIZE = 32 * 1024 };

/// Watches a directory for files that are moved into it or closed after writing; -1 with errno.
int clinux_watch_create(const char *directory);

/// Blocks until something happened in the directory, or until the other descriptor becomes readable. Returns the events,
/// one or more. `names` gets the names of the files, each ended by a zero byte, and `length` their length in all.
int clinux_watch_wait(int watch, int other, char *names, size_t *length);
