#include "include/csimulation.h"

#include <stddef.h>
#include <stdint.h>

// Of Swift's runtime (`swift/Runtime/Concurrency.h`). A task executor would not do: tasks that are made with `Task {}` do not
// inherit the preference for one.
#define SWIFT __attribute__((swiftcall))
typedef SWIFT void (*original_enqueue)(void *job);
extern SWIFT void (*swift_task_enqueueGlobal_hook)(void *job, original_enqueue original);
extern SWIFT void swift_job_run(void *job, const void *executor, uintptr_t implementation);

static _Thread_local csimulation_enqueue captured;
static _Thread_local const void *captured_context;

static SWIFT void enqueue(void *job, original_enqueue original) {
    if (captured != NULL)
        captured(captured_context, job);
    else
        original(job);
}

void csimulation_capture(csimulation_enqueue function, const void *context) {
    captured = function;
    captured_context = context;
    // Once set it stays: other threads may be about to call it.
    swift_task_enqueueGlobal_hook = enqueue;
}

void csimulation_run(void *job) {
    // On no executor in particular.
    swift_job_run(job, NULL, 0);
}
