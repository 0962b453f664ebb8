/// Which entry of a schedule a job is of, and whether it may be added.
public struct ScheduleMark: Hashable, Sendable {
    /// What becomes of a time of an entry while the entry's job before is not finished.
    public enum Overlap: String, CaseIterable, Hashable, Sendable {
        /// There is no job for that time.
        case skip
        /// The job begins once the one before is finished, whatever became of that one.
        case queue
        /// The job begins as any other one.
        case allow
    }

    /// The entry's name, unique within its pipeline.
    public let entry: String
    /// What becomes of the job while the entry's job before is not finished.
    public let overlap: Overlap
    /// Whether somebody asked for the job, so that a pause of the entry does not keep it from being added.
    public let isAskedFor: Bool

    /// Marks a job of an entry.
    public init(entry: String, overlap: Overlap = .allow, isAskedFor: Bool = false) {
        self.entry = entry
        self.overlap = overlap
        self.isAskedFor = isAskedFor
    }
}
