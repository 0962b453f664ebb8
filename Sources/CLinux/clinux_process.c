#define _GNU_SOURCE
#include "clinux_process.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// What a child uses of the parent's memory until it runs the program. Not on the stack of the thread that starts it, which
// may have to leave it to a child that does not come to an end.
struct child_memory {
    _Alignas(16) char stack[16 * 1024];
    const struct clinux_spawn_request *request;
    // The child writes the result in the parent's memory.
    struct clinux_spawn_result result;
    pid_t parent;
    // Not 0 as long as the child uses this memory. The kernel sets it to 0 and wakes up who waits for that.
    _Atomic int is_used;
};

static int fail(struct child_memory *context) {
    context->result.error = errno;
    _exit(127);
}

// Runs in the parent's memory on a stack of its own, while the parent's thread waits. So it takes no lock and allocates
// nothing, and makes the calls that concern all threads directly: glibc would signal the parent's threads. It shares errno
// with the thread that waits, which changes it only when it gives up.
static int child(void *argument) {
    struct child_memory *context = argument;
    const struct clinux_spawn_request *request = context->request;
    struct clinux_spawn_result *result = &context->result;

    // Before the descriptor is closed. Not CLONE_INTO_CGROUP, which takes clone3: that is refused under RestrictNamespaces=.
    result->step = CLINUX_SPAWN_GROUP;
    if (request->control_group >= 0 && write(request->control_group, "0", 1) < 0) return fail(context);

    // As early as possible, because a lock on another descriptor of the parent outlives the parent as long as the child
    // has a copy of it.
    result->step = CLINUX_SPAWN_DESCRIPTORS;
    for (int number = 0; number < 3; number++) {
        if (dup2(request->descriptors[number], number) < 0) return fail(context);
    }
    unsigned first_closed = 3;
    if (request->descriptors[3] >= 0) {
        // One that has that number already is closed on exec, which dup2 would leave so.
        int is_there = request->descriptors[3] == 3;
        if (is_there ? fcntl(3, F_SETFD, 0) < 0 : dup2(request->descriptors[3], 3) < 0) return fail(context);
        first_closed = 4;
    }
    if (syscall(SYS_close_range, first_closed, ~0u, 0) < 0) return fail(context);

    struct {
        unsigned long handler, flags, restorer, mask;
    } by_default = {0};
    for (int signal = 1; signal <= 64; signal++) {
        if (signal != SIGKILL && signal != SIGSTOP) syscall(SYS_rt_sigaction, signal, &by_default, 0, 8);
    }
    setsid();

    result->step = CLINUX_SPAWN_LIMITS;
    for (size_t index = 0; index < request->limit_count; index++) {
        uint64_t limit[2] = {request->limits[index].soft, request->limits[index].hard};
        if (syscall(SYS_prlimit64, 0, request->limits[index].resource, limit, 0) < 0) return fail(context);
    }

    result->step = CLINUX_SPAWN_IDENTITY;
    if (request->sets_identity) {
        gid_t group = request->group;
        uid_t user = request->user;
        if (syscall(SYS_setgroups, request->group_count, request->groups) < 0) return fail(context);
        if (syscall(SYS_setresgid, group, group, group) < 0) return fail(context);
        if (syscall(SYS_setresuid, user, user, user) < 0) return fail(context);
    }

    // After the change of identity, which would undo it.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != context->parent) _exit(127);

    // With the rights of the user that the process runs as.
    result->step = CLINUX_SPAWN_DIRECTORY;
    if (request->directory && chdir(request->directory) < 0) return fail(context);

    result->step = CLINUX_SPAWN_EXEC;
    uint64_t none = 0;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, 8);
    execve(request->path, request->arguments, request->environment);
    return fail(context);
}

// How readily the kernel is to kill a process when memory runs out: a child's number, unless the parent's is higher.
enum { KILLED_FIRST = 500 };

// The number that makes the kernel prefer a process when memory runs out, or -1001 if it can't be read.
static int oom_score(const char *path) {
    char text[16] = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return -1001;
    ssize_t length = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    return length > 0 ? atoi(text) : -1001;
}

static int open_oom_score(pid_t process) {
    char path[48];
    snprintf(path, sizeof path, "/proc/%d/oom_score_adj", (int)process);
    return open(path, O_WRONLY | O_CLOEXEC);
}

static int write_oom_score(int descriptor, int score) {
    char text[16];
    int length = snprintf(text, sizeof text, "%d", score);
    return pwrite(descriptor, text, (size_t)length, 0) == length ? 0 : -1;
}

// Where memory runs out, the kernel is to kill what the parent has started rather than the parent. The parent says so, and
// once the program is loaded: the kernel changes the number of all processes that share a memory, and the child shares that
// of the parent until then. It leaves it a moment after it has said so; if that moment was hit, the parent's own number has
// changed, and is set back. That needs no rights, as the parent had it before.
//
// The descriptor is the child's number, opened before, or negative: for a moment, while it loads the program, the kernel
// lets nobody open it.
static void prefer_for_kill(pid_t process, int descriptor) {
    const char *own = "/proc/self/oom_score_adj";
    int before = oom_score(own);
    if (before >= -1000 && before < KILLED_FIRST) {
        struct timespec pause = {.tv_nsec = 20000};
        for (int attempt = 0; attempt < 100; attempt++) {
            if (descriptor < 0) descriptor = open_oom_score(process);
            if (descriptor >= 0) {
                // One that has ended has no number any more.
                if (write_oom_score(descriptor, KILLED_FIRST) < 0 || oom_score(own) != KILLED_FIRST) break;
                int own_descriptor = open_oom_score(getpid());
                write_oom_score(own_descriptor, before);
                close(own_descriptor);
            }
            nanosleep(&pause, 0);
        }
    }
    if (descriptor >= 0) close(descriptor);
}

static int64_t milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Waits until the child has left this memory: it runs its program, or has ended. Returns whether it did in time.
static int wait_for_child(struct child_memory *context, int milliseconds) {
    int64_t deadline = milliseconds_now() + milliseconds;
    while (context->is_used != 0) {
        int64_t left = deadline - milliseconds_now();
        if (left <= 0) return 0;
        struct timespec time = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
        // Whatever ends the wait, the condition is looked at.
        syscall(SYS_futex, &context->is_used, FUTEX_WAIT, 1, &time, 0, 0);
    }
    return 1;
}

int clinux_spawn(const struct clinux_spawn_request *request, struct clinux_spawn_result *result) {
    *result = (struct clinux_spawn_result){.process = -1, .descriptor = -1, .step = CLINUX_SPAWN_CLONE};
    struct child_memory *context = malloc(sizeof *context);
    if (context == 0) {
        result->error = ENOMEM;
        return -1;
    }
    context->request = request;
    context->result = *result;
    context->parent = getpid();
    context->is_used = 1;
    // A handler of the parent's must not run in the child. sigfillset would leave out two signals.
    uint64_t all = ~0ull, previous;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &previous, 8);
    int descriptor = -1;
    // Not CLONE_VFORK, with which this thread would wait for ever for a child that something has stopped.
    int flags = CLONE_VM | CLONE_PIDFD | CLONE_CHILD_CLEARTID | SIGCHLD;
    char *top = context->stack + sizeof context->stack;
    pid_t process = clone(child, top, flags, context, &descriptor, 0, &context->is_used);
    if (process < 0) result->error = errno;
    int oom_descriptor = process < 0 ? -1 : open_oom_score(process);
    int is_in_time = process < 0 || wait_for_child(context, request->patience);
    int has_left = is_in_time;
    if (!is_in_time) {
        // Even a process that is stopped is killed by that, and runs no more of this program's code.
        syscall(SYS_pidfd_send_signal, descriptor, SIGKILL, 0, 0);
        has_left = wait_for_child(context, 1000);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &previous, 0, 8);
    if (process >= 0) *result = context->result;
    // A child that a device or a network keeps waiting keeps this memory: the kernel writes to it at the child's end.
    if (has_left) free(context);
    if (process < 0) return -1;
    if (oom_descriptor >= 0 && (!is_in_time || result->error != 0)) close(oom_descriptor);
    if (!is_in_time) result->error = ETIMEDOUT;
    if (result->error != 0) {
        int is_signal, status;
        // One that has not left is not waited for.
        if (has_left) clinux_reap(descriptor, &is_signal, &status, 0);
        close(descriptor);
        return -1;
    }
    prefer_for_kill(process, oom_descriptor);
    result->process = process;
    result->descriptor = descriptor;
    return 0;
}

void clinux_prepare_thread(void) {
    // Writing to a process that does not read is no reason to end.
    uint64_t all = ~0ull;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, 0, 8);
    // This program may have been started with SIGCHLD ignored; then the kernel would throw away how children end.
    struct sigaction current;
    if (sigaction(SIGCHLD, 0, &current) == 0 && current.sa_handler == SIG_IGN) signal(SIGCHLD, SIG_DFL);
}

int clinux_has_ended(int descriptor) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    return waitid(P_PIDFD, (id_t)descriptor, &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_pid != 0;
}

int clinux_has_ended_child(void) {
    siginfo_t information;
    memset(&information, 0, sizeof information);
    return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_pid != 0;
}

static int64_t microseconds(struct timeval time) {
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

int clinux_reap(int descriptor, int *is_signal, int *status, struct clinux_usage *usage) {
    siginfo_t information;
    struct rusage used;
    memset(&information, 0, sizeof information);
    memset(&used, 0, sizeof used);
    // The kernel's own call: that of the C library does not give what was used.
    while (syscall(SYS_waitid, P_PIDFD, descriptor, &information, WEXITED, &used) < 0) {
        if (errno != EINTR) return errno;
    }
    if (usage) {
        usage->user_time = microseconds(used.ru_utime);
        usage->system_time = microseconds(used.ru_stime);
        usage->peak_memory = (int64_t)used.ru_maxrss * 1024;
    }
    *is_signal = information.si_code != CLD_EXITED;
    *status = information.si_status;
    return 0;
}

int64_t clinux_own_peak_memory(void) {
    struct rusage used;
    return getrusage(RUSAGE_SELF, &used) == 0 ? (int64_t)used.ru_maxrss * 1024 : 0;
}

int clinux_pipe(int descriptors[2]) {
    return pipe2(descriptors, O_CLOEXEC);
}

int clinux_pipe_content(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) < 0 ? 0 : count;
}

int clinux_epoll_create(void) {
    return epoll_create1(EPOLL_CLOEXEC);
}

int clinux_epoll_add(int set, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
}

int clinux_epoll_remove(int set, int descriptor) {
    struct epoll_event unused = {0};
    return epoll_ctl(set, EPOLL_CTL_DEL, descriptor, &unused);
}

int clinux_epoll_wait(int set, uint64_t *tokens, int count, int milliseconds) {
    struct epoll_event events[64];
    if (count > 64) count = 64;
    int found = epoll_wait(set, events, count, milliseconds);
    for (int index = 0; index < found; index++) tokens[index] = events[index].data.u64;
    return found;
}

int clinux_wakeup_create(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void clinux_wakeup_ring(int descriptor) {
    eventfd_write(descriptor, 1);
}

void clinux_wakeup_clear(int descriptor) {
    eventfd_t value;
    eventfd_read(descriptor, &value);
}
