// Takes over the steps of Swift's tasks on one thread, so that a simulation decides which comes next.
#pragma once

/// Is given each step of a task that becomes ready.
typedef void (*csimulation_enqueue)(const void *context, void *job);

/// From here on the steps that become ready on this thread go to that function, and not to Swift's thread pool, whatever task
/// they belong to; with NULL they go to the pool again. What other threads do stays as it is.
void csimulation_capture(csimulation_enqueue enqueue, const void *context);

/// Runs a step until its task waits, or is done.
void csimulation_run(void *job);
