/// What becomes of a job whose unique key an unfinished job of the pipeline has.
public enum DuplicatePolicy: Hashable, Sendable {
    /// The job that is there stays as it is.
    case keep
    /// It gets the item and the priority of the new one, unless it has begun.
    case replace
    /// It is put off to the time of the new one, at most that long after it was stored, unless it has begun.
    case extend(longestWait: Duration)

    /// How the job that is there is to be changed; `nil` means not at all.
    func edit(for job: NewJob) -> JobEdit? {
        switch self {
        case .keep: nil
        case .replace: JobEdit(replacedBy: job)
        case .extend(let longestWait): job.runAt.map { JobEdit(runAt: $0, longestWait: longestWait) }
        }
    }

    /// Reads the keys `on_duplicate` and `max_wait` of a pipeline. Faults are noted in the section.
    init(_ section: inout ConfigurationSection) {
        let words: [(String, Int)] = [("keep", 0), ("replace", 1), ("extend", 2)]
        let word = section.choice("on_duplicate", of: words, default: 0) ?? 0
        let longestWait = section.optionalDuration("max_wait")
        switch (word, longestWait) {
        case (2, let longestWait?): self = .extend(longestWait: longestWait)
        case (2, nil):
            self = .keep
            section.fault(
                "max_wait", "is missing, expected how long 'on_duplicate: extend' may put a job off, such as 10m")
        case (let word, let longestWait):
            self = word == 1 ? .replace : .keep
            if longestWait != nil { section.fault("max_wait", "is only for 'on_duplicate: extend'; leave it out") }
        }
    }
}
