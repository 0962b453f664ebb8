/// Measures how long there was work.
struct WorkTime {
    private var past = Duration.zero
    /// Since when there is work; `nil` if there is none.
    private var start: MonotonicInstant?

    /// Takes in whether there is work now. The clock is only looked at when that changes.
    mutating func note(_ hasWork: Bool, _ clock: any MonotonicClock) {
        if hasWork == (start != nil) { return }
        let now = clock.now
        if let start { past += start.duration(to: now) }
        start = hasWork ? now : nil
    }

    /// How long there was work by then.
    func total(at now: MonotonicInstant) -> Duration {
        past + (start?.duration(to: now) ?? .zero)
    }
}
