// Watching a directory: inotify is not in Swift's Glibc module.
#pragma once

/// Watches a directory for files that are moved into it or closed after writing; -1 with errno.
int clinux_watch_create(const char *directory);

/// Blocks until something happened in the directory, or until the other descriptor becomes readable. What has happened
/// by then is not told again. Returns 1 if something happened, 0 for the other descriptor.
int clinux_watch_wait(int watch, int other);
