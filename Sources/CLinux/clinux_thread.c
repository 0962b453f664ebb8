#define _GNU_SOURCE
#include "clinux_thread.h"
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void clinux_yield_to_others(void) {
    // On Linux, 0 is the calling thread, not its process.
    setpriority(PRIO_PROCESS, 0, 19);
    const int who_process = 1, class_idle = 3, class_shift = 13;
    syscall(SYS_ioprio_set, who_process, 0, class_idle << class_shift);
}
