// Threads: what Swift's Glibc module lacks.
#pragma once

/// Has the calling thread run, and read from disks, only when nothing else wants to, as far as the system does that. A thread
/// can't take it back.
void clinux_yield_to_others(void);
