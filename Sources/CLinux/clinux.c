#include "clinux.h"
#include <sys/prctl.h>
#include <sys/timerfd.h>

void clinux_name_thread(const char *name) {
    prctl(PR_SET_NAME, name);
}

int64_t clinux_clock_nanoseconds(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int clinux_timer_create(void) {
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

int clinux_timer_set(int timer, int64_t nanoseconds) {
    struct itimerspec setting = {
        .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000},
    };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, 0);
}
