/// The observers that are told of each commit, until there will be no more commits.
struct CommitObservers {
    typealias Observer = AsyncStream<Void>.Continuation

    private var observers: [Int: Observer] = [:]
    private var lastID = 0
    private var isClosed = false

    var all: [Observer] { Array(observers.values) }

    /// - Returns: the number under which to remove the observer, or `nil` if there are no more commits.
    mutating func add(_ observer: Observer) -> Int? {
        if isClosed { return nil }
        lastID += 1
        observers[lastID] = observer
        return lastID
    }

    mutating func remove(_ id: Int) {
        observers[id] = nil
    }

    /// - Returns: every observer that has to be told of the end.
    mutating func close() -> [Observer] {
        isClosed = true
        return all
    }
}
