import Logging
import Synchronization

/// The parts of a pipeline that are in trouble now, each with what went wrong last.
final class Troubles: Sendable {
    private let troubles = Mutex<[Trouble.Part: Trouble]>([:])
    /// Whether there is none, which is asked again and again.
    private let isEmpty = Atomic(true)
    private let wallClock: any WallClock
    private let logger: Logger

    init(wallClock: any WallClock, logger: Logger) {
        self.wallClock = wallClock
        self.logger = logger
    }

    /// The trouble of the part without which least is done; `nil` without trouble.
    var worst: Trouble? { troubles.withLock { troubles in troubles.min { $0.key < $1.key }?.value } }

    /// What is wrong with each part that is in trouble, in the order of ``Trouble/Part``.
    var all: [Trouble] { troubles.withLock { troubles in troubles.values.sorted { $0.part < $1.part } } }

    subscript(part: Trouble.Part) -> Trouble? { troubles.withLock { $0[part] } }

    /// Takes in that a part has failed, perhaps once more.
    ///
    /// - Returns: how many times it has failed in a row, and whether the time before it failed for another reason, or did not.
    @discardableResult
    func failed(_ part: Trouble.Part, _ error: any Error) -> (count: Int, isNews: Bool) {
        let reason = "\(error)".printable
        let now = wallClock.now()
        return troubles.withLock { troubles in
            let old = troubles[part]
            let failures = (old?.failures ?? 0) + 1
            troubles[part] = Trouble(
                part: part, reason: reason, since: old?.since ?? now, failures: failures)
            isEmpty.store(false, ordering: .releasing)
            return (failures, old?.reason != reason)
        }
    }

    /// Takes in that a part does not matter any more.
    func forget(_ part: Trouble.Part) {
        troubles.withLock { troubles in
            troubles[part] = nil
            isEmpty.store(troubles.isEmpty, ordering: .releasing)
        }
    }

    /// Takes in that a part works.
    func end(_ part: Trouble.Part) {
        if isEmpty.load(ordering: .acquiring) { return }
        let trouble = troubles.withLock { troubles in
            defer { isEmpty.store(troubles.isEmpty, ordering: .releasing) }
            return troubles.removeValue(forKey: part)
        }
        guard let trouble else { return }
        logger.notice("the \(part) works again", metadata: ["failures": "\(trouble.failures)"])
    }
}
