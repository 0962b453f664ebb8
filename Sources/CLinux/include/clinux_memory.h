// Giving back memory. Swift has no way to the program's own segments.
#pragma once

/// Gives back what only the start of the program needed: pages of its code and constants, which come back from the file's
/// cache one by one when they are used again, and free memory of the heap.
void clinux_release_startup_memory(void);

// Has large blocks of memory, such as bodies of requests, go back to the system as soon as they are freed. Otherwise the C
// library keeps blocks as large as the largest one that was ever freed, in a heap for each thread. To be called at the start.
void clinux_return_large_blocks(void);
