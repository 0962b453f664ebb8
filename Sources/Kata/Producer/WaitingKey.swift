/// The jobs with one key: those that wait, by priority, and how many were given out.
struct WaitingKey {
    /// What is counted of a key, and what its place among others depends on.
    struct Tally {
        let count: Int
        let size: Int
        let inFlight: Int
        let first: NextJob?
        let oldest: NextJob?
    }

    let name: ExactString
    /// How many jobs were given out and are not over.
    var inFlight = 0
    /// The highest priority first, none of them empty.
    private var lanes: [KeyLane] = []

    init(_ name: ExactString) {
        self.name = name
    }

    var tally: Tally {
        Tally(count: heldCount, size: heldSize, inFlight: inFlight, first: first, oldest: oldest)
    }

    /// How many jobs are held.
    var heldCount: Int { lanes.reduce(0) { $0 + $1.count } }

    /// The bytes of the items of the held jobs.
    var heldSize: Int { lanes.reduce(0) { $0 + $1.size } }

    /// Whether there are jobs that wait, held or left in the store.
    var isWaiting: Bool { !lanes.isEmpty }

    /// Whether there is nothing to know of the key.
    var isIdle: Bool { lanes.isEmpty && inFlight <= 0 }

    /// The first job: of the highest priority the first one.
    var first: NextJob? { lanes.first.flatMap(next) }

    /// The oldest job, whatever its priority.
    var oldest: NextJob? {
        lanes.count == 1 ? first : lanes.compactMap(next).min { $0.id < $1.id }
    }

    func lane(of priority: Int) -> KeyLane? {
        lanes.first { $0.priority == priority }
    }

    mutating func insert(_ job: Job) {
        let index = lanes.firstIndex { $0.priority <= job.priority } ?? lanes.count
        if index == lanes.count || lanes[index].priority != job.priority {
            lanes.insert(KeyLane(priority: job.priority), at: index)
        }
        lanes[index].insert(job)
    }

    mutating func popFirst(priority: Int) -> Job? {
        change(priority) { $0.popFirst() } ?? nil
    }

    mutating func addRest(_ jobs: [Job], through last: Job.ID?, priority: Int) {
        _ = change(priority) { $0.add(jobs, through: last) }
    }

    /// Leaves the last of the held jobs in the store.
    ///
    /// - Parameters:
    ///   - priority: the first job of that priority stays held.
    ///   - start: says from which id on no job of a priority was given out.
    mutating func leaveLast(sparing priority: Int?, ungivenFrom start: (Int) -> Job.ID) {
        guard let index = lanes.lastIndex(where: { $0.count > ($0.priority == priority ? 1 : 0) }) else { return }
        lanes[index].leaveLast(ungivenFrom: start(lanes[index].priority))
    }

    /// Takes out held jobs that were cancelled at the attempt that they are at.
    mutating func remove(where isGone: (Job) -> Bool) {
        for index in lanes.indices { lanes[index].remove(where: isGone) }
        lanes.removeAll(where: \.isEmpty)
    }

    private func next(of lane: KeyLane) -> NextJob? {
        lane.first.map { NextJob(priority: lane.priority, id: $0, key: name, needsReading: lane.needsReading) }
    }

    private mutating func change<Result>(_ priority: Int, _ body: (inout KeyLane) -> Result) -> Result? {
        guard let index = lanes.firstIndex(where: { $0.priority == priority }) else { return nil }
        let result = body(&lanes[index])
        if lanes[index].isEmpty { lanes.remove(at: index) }
        return result
    }
}
