/// Something that has happened to a job, for those who look on.
package struct LiveEvent: Sendable {
    /// What kind of thing.
    package enum Kind: String, CaseIterable, Sendable {
        /// The job was added, begun, or changed, or an attempt at it is recorded.
        case job
        /// The job has printed something.
        case output
    }

    /// Its place among all events; later ones have larger numbers.
    package let number: UInt64
    package let kind: Kind
    package let pipeline: String
    package let job: Job.ID
    /// What happened, as a JSON object in one line.
    package let json: [UInt8]

    /// Describes what happened.
    package init(number: UInt64, kind: Kind, pipeline: String, job: Job.ID, json: [UInt8]) {
        self.number = number
        self.kind = kind
        self.pipeline = pipeline
        self.job = job
        self.json = json
    }
}
