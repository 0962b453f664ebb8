#include "CSQLite.h"

#include <sqlite3.h>

// Swift can't call it, because its arguments vary.
void csqlite_forgo_memory_statistics(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
