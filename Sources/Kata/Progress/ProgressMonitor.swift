/// Decides from one look after the other which parts get on. Has neither a clock nor a thread.
package struct ProgressMonitor: Sendable {
    /// What a look has shown.
    package struct Findings: Hashable, Sendable {
        /// Whether each part that had something to do has done some of it since the look before; parts do not count that a
        /// restart would not get on.
        package var isAlive = true
        /// The parts that have not got on for as long as the limit, in the order of the checks.
        package var stalls: [ProgressStall] = []
        /// Those among them that are new.
        package var new: [ProgressStall] = []
        /// The parts that get on again, or are gone.
        package var over: [ProgressStall] = []
    }

    private struct Part {
        var reading: ProgressReading
        /// For how long it has not got on.
        var silence = Duration.zero
        /// When it was seen to get on.
        var since: Timestamp
        /// Set once that has lasted as long as the limit.
        var stall: ProgressStall?
    }

    /// How long it is from one look to the next.
    package let interval: Duration
    /// For how long a part does not get on until that is said.
    package let limit: Duration
    private var parts: [String: Part] = [:]

    package init(interval: Duration, limit: Duration) {
        self.interval = interval
        self.limit = limit
    }

    /// Takes in what was just seen.
    ///
    /// - Parameters:
    ///   - elapsed: the time since the look before. If it is much more than the interval, the looks themselves were held up:
    ///     the process was stopped, or the machine suspended. The other parts could do nothing in that time either, so it counts
    ///     as one interval.
    ///   - now: for ``ProgressStall/since``.
    package mutating func take(
        _ readings: [(part: String, reading: ProgressReading)], after elapsed: Duration, at now: Timestamp
    ) -> Findings {
        let counted = elapsed > interval * 2 ? interval : elapsed
        var findings = Findings()
        var seen: [String: Part] = [:]
        for (name, reading) in readings {
            var part = next(parts[name], reading, counted, now)
            if part.silence > reading.allowance {
                if reading.restartHelps { findings.isAlive = false }
                if part.silence >= reading.allowance + limit {
                    let stall = ProgressStall(part: name, since: part.since, waiting: reading.waiting)
                    if part.stall == nil { findings.new.append(stall) }
                    part.stall = part.stall ?? stall
                }
            } else if let stall = part.stall {
                findings.over.append(stall)
                part.stall = nil
            }
            if let stall = part.stall { findings.stalls.append(stall) }
            seen[name] = part
        }
        let gone = parts.filter { seen[$0.key] == nil }.compactMap(\.value.stall)
        findings.over += gone.sorted { $0.part < $1.part }
        parts = seen
        return findings
    }

    private func next(
        _ old: Part?, _ reading: ProgressReading, _ elapsed: Duration, _ now: Timestamp
    ) -> Part {
        // What became due only just now has had no time yet.
        guard let old, old.reading.isDue, reading.isDue, old.reading.steps == reading.steps else {
            return Part(reading: reading, since: now, stall: old?.stall)
        }
        var part = old
        part.reading = reading
        part.silence += elapsed
        return part
    }
}
