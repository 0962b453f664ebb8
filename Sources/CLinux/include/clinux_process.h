// Starting processes and hearing of their end. Swift can't do it: what runs between clone and exec must not allocate or take
// a lock, and the calls are not in its Glibc module.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

/// A resource limit for the child.
struct clinux_limit {
    /// A number such as RLIMIT_CPU.
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// What to start, and with what. Nothing is kept of it once the call returns.
struct clinux_spawn_request {
    /// The program, from the root.
    const char *path;
    /// Ends with NULL, as does the environment. The first one is the program's name.
    char *const *arguments;
    char *const *environment;
    /// The working directory; NULL means that of the parent.
    const char *directory;
    /// What becomes descriptor 0, 1, 2 and, unless it is negative, 3; each is at least 3. All others are closed.
    int descriptors[4];
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
    /// How many milliseconds it may take until the program begins. What takes longer, because something has stopped it or
    /// a file system does not answer, is killed.
    int patience;
};

/// The step at which a start failed.
enum clinux_spawn_step {
    CLINUX_SPAWN_CLONE,
    CLINUX_SPAWN_GROUP,
    CLINUX_SPAWN_DESCRIPTORS,
    CLINUX_SPAWN_LIMITS,
    CLINUX_SPAWN_IDENTITY,
    CLINUX_SPAWN_DIRECTORY,
    CLINUX_SPAWN_EXEC,
};

/// What became of a start.
struct clinux_spawn_result {
    /// The process, or -1.
    pid_t process;
    /// Becomes readable when the process ends. Closed on exec.
    int descriptor;
    /// Where the start failed, if it did.
    enum clinux_spawn_step step;
    /// An error number, or 0.
    int error;
};

/// Starts a process in a session of its own, with no signal blocked, caught or ignored. It is killed when the thread that
/// started it ends. Returns 0, or -1 with the step and error in the result, which is ETIMEDOUT if the program did not begin
/// in time; no child is left then, unless even a kill takes long.
int clinux_spawn(const struct clinux_spawn_request *request, struct clinux_spawn_result *result);

/// Blocks every signal in this thread, and sees to it that the ends of children can be heard of.
void clinux_prepare_thread(void);

/// Whether a process has ended; it stays to be reaped.
int clinux_has_ended(int descriptor);

/// Whether any child has ended and was not reaped.
int clinux_has_ended_child(void);

/// What a process has used, with those of its children that it has waited for.
struct clinux_usage {
    /// Processor time in the program's own code and in the kernel, in microseconds.
    int64_t user_time;
    int64_t system_time;
    /// The most memory that one of them held at a time, in bytes. Of a process that shared its parent's memory at its start
    /// it is at least the most that the parent had held until then.
    int64_t peak_memory;
};

/// Takes the exit status of a process that has ended, and what it has used unless that is NULL. Returns 0, or an error
/// number.
int clinux_reap(int descriptor, int *is_signal, int *status, struct clinux_usage *usage);

/// The most memory that this process has held at a time, in bytes.
int64_t clinux_own_peak_memory(void);

/// A pipe whose ends are closed on exec; 0, or -1 with errno.
int clinux_pipe(int descriptors[2]);

/// How many bytes can be read from a pipe now; 0 if the kernel does not say.
int clinux_pipe_content(int descriptor);

/// An epoll set; -1 with errno.
int clinux_epoll_create(void);
/// Adds a descriptor under a token; 0, or -1 with errno.
int clinux_epoll_add(int set, int descriptor, uint32_t events, uint64_t token);
/// Removes a descriptor; 0, or -1 with errno.
int clinux_epoll_remove(int set, int descriptor);
/// Waits for at most that many milliseconds, or for ever if negative. Fills in the tokens of descriptors with events,
/// at most 64; returns how many, or -1 with errno.
int clinux_epoll_wait(int set, uint64_t *tokens, int count, int milliseconds);

/// A descriptor that makes an epoll set wake up; -1 with errno.
int clinux_wakeup_create(void);
/// Makes such a descriptor readable.
void clinux_wakeup_ring(int descriptor);
/// Makes such a descriptor unreadable again.
void clinux_wakeup_clear(int descriptor);
