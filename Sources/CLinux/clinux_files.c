#define _GNU_SOURCE
#include "clinux_files.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

int clinux_rename_new(int from_directory, const char *from, int to_directory, const char *to) {
    if (renameat2(from_directory, from, to_directory, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    // Some file systems can't do it in one call. A second name is refused where the name is taken, too.
    if (linkat(from_directory, from, to_directory, to, 0) != 0) return -1;
    return unlinkat(from_directory, from, 0);
}

int clinux_is_being_written(int descriptor) {
    // Whoever opens the file for writing while the lease is held is told by a signal to this process. The usual one would
    // end it.
    if (fcntl(descriptor, F_SETSIG, SIGURG) != 0) return -1;
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN ? 1 : -1;
    fcntl(descriptor, F_SETLEASE, F_UNLCK);
    return 0;
}

int clinux_shares_locks(int descriptor) {
    struct statfs status;
    const long nfs = 0x6969, cifs = 0xff534d42, smb2 = 0xfe534d42;
    if (fstatfs(descriptor, &status) != 0) return 0;
    long type = (long)(unsigned)status.f_type;
    return type == nfs || type == cifs || type == smb2;
}

int clinux_identify(const char *path, int follows_links, uint64_t *device, uint64_t *inode) {
    struct statx status;
    if (statx(AT_FDCWD, path, follows_links ? 0 : AT_SYMLINK_NOFOLLOW, STATX_INO, &status) != 0) return -1;
    *device = makedev(status.stx_dev_major, status.stx_dev_minor);
    *inode = status.stx_ino;
    return 0;
}

void clinux_file_time(const void *status, int is_change, int64_t *seconds, int64_t *nanoseconds) {
    const struct stat *file = status;
    const struct timespec *time = is_change ? &file->st_ctim : &file->st_mtim;
    *seconds = time->tv_sec;
    *nanoseconds = time->tv_nsec;
}

int64_t clinux_file_size(const char *path) {
    struct statx status;
    if (statx(AT_FDCWD, path, 0, STATX_SIZE, &status) != 0) return -1;
    return (int64_t)status.stx_size;
}

int clinux_lock_holder(int descriptor, int64_t byte, int32_t *process) {
    // The first command passes over the locks of this process. The second one does not, because it asks for a file, not for a
    // process.
    const int commands[] = {F_GETLK, F_OFD_GETLK};
    for (int index = 0; index < 2; index++) {
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
        if (fcntl(descriptor, commands[index], &lock) != 0) return -1;
        if (lock.l_type == F_UNLCK) continue;
        *process = lock.l_pid > 0 ? lock.l_pid : 0;
        return 1;
    }
    return 0;
}
