#ifndef CSQLITE_H
#define CSQLITE_H

/// Lets SQLite allocate memory without counting it, which would take a lock each time. To be called before anything else
/// of SQLite's; later it changes nothing.
void csqlite_forgo_memory_statistics(void);

#endif
