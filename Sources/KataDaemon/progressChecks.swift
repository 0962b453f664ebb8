import Kata
import KataServer

/// Ways to see whether the parts of the daemon get on. Not among them: the thread that writes the log, which waits for its reader
/// and for which nobody waits; sources, which may wait for ever.
///
/// - Parameter priority: that of the daemon's tasks. Each priority has threads of its own.
/// - Returns: gives the parts that there are when it is called.
/// - Throws: ``SystemShortage`` if there is no room for the clock's thread.
func progressChecks(
    recorder: Recorder, engine: Engine, priority: TaskPriority = Task.currentPriority
) throws(SystemShortage) -> @Sendable () -> [ProgressCheck] {
    let pool = ProgressCheck.answering("tasks") { answer in
        Task.detached(priority: priority) { answer() }
    }
    let threads = [recorder.progress, ControlServer.progress, pool, try timerProgress()]
    return { threads + ProgressRegistry.shared.checks + engine.pipelines.map(\.progress) }
}
