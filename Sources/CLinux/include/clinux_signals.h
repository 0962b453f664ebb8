#pragma once

/// Has SIGTERM, SIGINT and SIGHUP put in line for clinux_signals_next, whichever thread they reach, instead of ending the
/// process; -1 with errno if there are no descriptors for that. To be called once.
int clinux_signals_trap(void);

/// Waits for the next signal, on a thread that does nothing else. Returns its number.
int clinux_signals_next(void);
