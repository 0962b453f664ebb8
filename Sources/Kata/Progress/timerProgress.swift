/// Whether sleepers are woken. Starts the thread of all precise clocks, which otherwise starts with the first sleep.
///
/// - Throws: ``SystemShortage`` if there is no room for the thread, now or ever.
package func timerProgress() throws(SystemShortage) -> ProgressCheck {
    let thread = try TimerThread.shared.get()
    return ProgressCheck("timer thread") {
        guard let overdue = thread.overdue(at: PreciseClock.now) else { return .idle }
        return ProgressReading(steps: overdue, isDue: true, waiting: "sleepers that are to wake")
    }
}
