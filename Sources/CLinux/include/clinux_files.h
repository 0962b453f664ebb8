// Files: what Swift's Glibc module lacks.
#pragma once
#include <stdint.h>

/// Gives a file another name, in another directory of the same file system if need be, unless something has that name.
/// Returns 0, or -1 with errno, which is EEXIST if something has it.
int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to);

/// Whether a process has a file open for writing: 1 or 0; -1 with errno if the system does not tell. The file is open for
/// reading only.
int clinux_is_being_written(int descriptor);

/// Whether a file is on a network file system that makes locks of whole files out of locks of their parts: 1 or 0.
int clinux_shares_locks(int descriptor);

/// The file system and the number of the file that a path leads to, or of a link itself unless links are followed. Returns 0, or
/// -1 with errno. Nothing else is asked for: since Linux 6.13 who asks for a file's times makes the next write to it keep a new
/// one, which takes as long as three writes.
int clinux_identify(const char *path, int follows_links, uint64_t *device, uint64_t *inode);

/// When the content of a file was changed the last time, or, if asked for, the file or what is kept about it.
///
/// The status is a `struct stat`. Which module its times belong to depends in Swift on what else is compiled, so nobody there
/// asks for them.
void clinux_file_time(const void *status, int is_change, int64_t *seconds, int64_t *nanoseconds);

/// The size of a file in bytes; -1 with errno. As with `clinux_identify`, nothing else is asked for.
int64_t clinux_file_size(const char *path);

/// Who has a lock on a byte of a file, by `fcntl`, of another process if one has, or else of this one: 1 with its process id,
/// which is 0 for a process that can't be seen from here; 0 if nobody has; -1 with errno.
int clinux_lock_holder(int descriptor, int64_t byte, int32_t *process);
