// Giving back memory. Swift has no way to the program's own segments.
#pragma once

/// Gives back what only the start of the program needed: pages of its code and constants, which come back from the file's
/// cache one by one when they are used again, and free memory of the heap.
void clinux_release_startup_memory(void);
