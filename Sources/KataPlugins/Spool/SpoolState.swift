import Kata

/// What a spool source knows of its directory: which files are jobs, and which are still to be looked at.
struct SpoolState {
    /// A file that is a job.
    struct Entry {
        /// As it was when it became one, or when the last attempt began; `nil` while it is moved back.
        var state: FileState?
        /// The job whose attempt that was; `nil` before the first one.
        var job: Job.ID?
        /// Whether a file of that name has come since.
        var cameAgain = false
    }

    /// A name that is to be looked at.
    struct Arrival {
        let name: String
        /// Whether an event brought it, so that what is there was complete.
        let isComplete: Bool
    }

    /// A finished job whose file could not be moved.
    struct Unmoved {
        let record: JobRecord
        let error: String
    }

    /// Whether the whole directory has to be looked through.
    private(set) var needsListing = true
    private(set) var known: [String: Entry] = [:]
    /// By job.
    private(set) var unmoved: [Job.ID: Unmoved] = [:]
    /// Names whose last job ended with another file there than it had begun with.
    private(set) var replaced: Set<String> = []
    private var arrivals: [Arrival] = []
    private var arrived: Set<String> = []
    /// More names than that are found again by looking through the directory.
    private static let arrivalLimit = 65_536

    mutating func noteArrival(_ name: String, isComplete: Bool) {
        if known[name] != nil {
            known[name]?.cameAgain = true
        } else if arrivals.count >= Self.arrivalLimit && isComplete {
            needsListing = true
        } else if arrived.insert(name).inserted {
            arrivals.append(Arrival(name: name, isComplete: isComplete))
        } else if isComplete, let index = arrivals.firstIndex(where: { $0.name == name }) {
            arrivals[index] = Arrival(name: name, isComplete: true)
        }
    }

    /// What was lost by a watch is found by looking through the directory.
    mutating func noteLoss() {
        needsListing = true
    }

    mutating func listed() {
        needsListing = false
    }

    /// Takes the arrivals that are to be looked at now, in the order in which they came.
    mutating func takeArrivals(limit: Int) -> [Arrival] {
        let taken = Array(arrivals.prefix(limit))
        arrivals.removeFirst(taken.count)
        for arrival in taken { arrived.remove(arrival.name) }
        return taken
    }

    /// Puts back arrivals that could not be looked at, before all others.
    mutating func putBack(_ taken: [Arrival]) {
        let again = taken.filter { known[$0.name] == nil && !arrived.contains($0.name) }
        arrived.formUnion(again.map(\.name))
        arrivals.insert(contentsOf: again, at: 0)
    }

    mutating func becomesJob(_ name: String, _ state: FileState) {
        known[name] = Entry(state: state)
    }

    /// Notes that an attempt begins with the file as it is now.
    mutating func begins(_ job: Job.ID, _ name: String, _ state: FileState?) {
        known[name] = Entry(state: state, job: job, cameAgain: known[name]?.cameAgain ?? false)
        // What was still to be done for it when it was over the last time would be done to this attempt.
        unmoved[job] = nil
    }

    /// Forgets a file whose job is over and that is not there any more; what came under its name meanwhile is looked at.
    mutating func forget(_ name: String) {
        replaced.remove(name)
        guard let entry = known.removeValue(forKey: name) else { return }
        if entry.cameAgain { noteArrival(name, isComplete: true) }
    }

    /// Has a file looked at that has the name of another one whose job is over.
    mutating func leave(_ name: String) {
        known[name] = nil
        replaced.insert(name)
        noteArrival(name, isComplete: true)
    }

    /// - Returns: whether this is the first file that could not be moved for that reason.
    mutating func noteUnmoved(_ record: JobRecord, error: String) -> Bool {
        let isNews = !unmoved.values.contains { $0.error == error }
        unmoved[record.job.id] = Unmoved(record: record, error: error)
        return isNews
    }

    /// Notes that nothing is left to do for a finished job.
    mutating func settled(_ job: Job.ID) {
        unmoved[job] = nil
    }
}
