// Starting processes and hearing of their end. Swift can't do it: what runs between clone and exec must not allocate or take
// a lock, and the calls are not in its Glibc module.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

/// A resource limit for the child.
struct clinux_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

struct clinux_spawn_request {
    /// The program, from the root.
    const char *path;
    char *const *arguments;
    char *const *environment;
    /// NULL means that of the parent.
    const char *directory;
    /// What becomes descriptor 0, 1 and 2; each is at least 3. All others are closed.
    int descriptors[3];
    /// Whether user, group and groups are to be set.
    int sets_identity;
    uid_t user;
    gid_t group;
    const gid_t *groups;
    size_t group_count;
    const struct clinux_limit *limits;
    size_t limit_count;
    /// `cgroup.procs` of the control group that it runs in, open for writing; negative means that of the parent.
    int control_group;
};

/// What failed.
enum clinux_spawn_step {
    CLINUX_SPAWN_CLONE,
    CLINUX_SPAWN_GROUP,
    CLINUX_SPAWN_DESCRIPTORS,
    CLINUX_SPAWN_LIMITS,
    CLINUX_SPAWN_IDENTITY,
    CLINUX_SPAWN_DIRECTORY,
    CLINUX_SPAWN_EXEC,
};

struct clinux_spawn_result {
    pid_t process;
    /// Becomes readable when the process ends. Closed on exec.
    int descriptor;
    enum clinux_spawn_step step;
    int error;
};

/// Starts a process in a session of its own, with no signal blocked, caught or ignored. It is killed when the thread that
/// started it ends. Returns 0, or -1 with the step and error in the result; no child is left then.
int clinux_spawn(const struct clinux_spawn_request *request, struct clinux_spawn_result *result);

/// Blocks every signal in this thread, and sees to it that the ends of children can be heard of.
void clinux_prepare_thread(void);

/// Whether a process has ended; it stays to be reaped.
int clinux_has_ended(int descriptor);

/// Takes the exit status of a process that has ended. Returns 0, or an error number.
int clinux_reap(int descriptor, int *is_signal, int *status);

/// A pipe whose ends are closed on exec; 0, or -1 with errno.
int clinux_pipe(int descriptors[2]);

/// An epoll set; -1 with errno.
int clinux_epoll_create(void);
/// Adds a descriptor under a token.
int clinux_epoll_add(int set, int descriptor, uint32_t events, uint64_t token);
int clinux_epoll_remove(int set, int descriptor);
/// Waits for at most that many milliseconds, or for ever if negative. Fills in tokens; returns how many.
int clinux_epoll_wait(int set, uint64_t *tokens, int count, int milliseconds);

/// A descriptor that makes an epoll set wake up; -1 with errno.
int clinux_wakeup_create(void);
/// Makes it readable.
void clinux_wakeup_ring(int descriptor);
/// Makes it unreadable again.
void clinux_wakeup_clear(int descriptor);
