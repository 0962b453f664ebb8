// The Linux calls that Swift can't make by itself: timerfd is not in its Glibc module, and `struct timespec` belongs to
// another module when the standard library is linked statically.
#pragma once
#include <stdint.h>
#include <time.h>
#include "clinux_datagram.h"
#include "clinux_files.h"
#include "clinux_group.h"
#include "clinux_memory.h"
#include "clinux_process.h"
#include "clinux_signals.h"
#include "clinux_thread.h"
#include "clinux_watch.h"

/// Names the current thread, by the first 15 bytes.
void clinux_name_thread(const char *name);

/// The time of a clock such as CLOCK_MONOTONIC in nanoseconds.
int64_t clinux_clock_nanoseconds(clockid_t clock);

/// Creates a timer of the monotonic clock that becomes readable when it expires; -1 with errno on failure.
int clinux_timer_create(void);

/// Sets the time at which the timer expires, in nanoseconds of the monotonic clock; -1 with errno on failure.
int clinux_timer_set(int timer, int64_t nanoseconds);
