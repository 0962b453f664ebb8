#include "CSQLite.h"

#include <sqlite3.h>

// Swift can't call sqlite3_config, because the number of its arguments varies.
void csqlite_forgo_memory_statistics(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
