/// What requests that share a transaction have done in it, for when it is durable.
struct RecorderGroup {
    /// What a completion did besides, by its place among the requests; `nil` means that it was refused. Mostly there is nothing to
    /// tell.
    private(set) var effects: [Int: CompletionEffect?] = [:]
    /// How many completions there are.
    private(set) var completions = 0
    /// What became of jobs that had waited for others that were finished before.
    private(set) var resolved: [JobChange] = []
    /// Jobs that tell of the ends of others.
    private(set) var added: [AddedJobs] = []
    private(set) var alarms = AlarmBatch()
    /// Whether there are more dependents to resolve.
    private(set) var hasMore = false

    /// Makes the writes of the requests, in their order.
    ///
    /// - Throws: what the store threw.
    mutating func apply(
        _ requests: [RecorderRequest], to transaction: any StoreTransaction, resolvesDependents: Bool,
        at now: () -> Timestamp
    ) throws {
        var next = 0
        while next < requests.count {
            switch requests[next] {
            case .completion: next = try complete(requests, from: next, in: transaction)
            case .operation(let operation):
                try operation.apply(transaction)
                next += 1
            case .question: next += 1
            }
        }
        if resolvesDependents { (resolved, hasMore) = try transaction.resolveMoreDependents(at: now()) }
        if !alarms.isEmpty { added = try alarms.write(to: transaction, at: now()) }
        hasMore = hasMore || transaction.hasUnresolvedDependents
    }

    /// Records the completions from that place on, up to the next request of another kind.
    ///
    /// - Returns: the place of that one.
    private mutating func complete(
        _ requests: [RecorderRequest], from start: Int, in transaction: any StoreTransaction
    ) throws -> Int {
        var end = start
        var row: [Completion] = []
        while end < requests.count, case .completion(let completion, _, _) = requests[end] {
            row.append(completion)
            end += 1
        }
        completions += row.count
        for (offset, effect) in try transaction.complete(row).enumerated() {
            if effect?.isEmpty != true { effects.updateValue(effect, forKey: start + offset) }
            if case .completion(let completion, let rules?, _) = requests[start + offset], effect != nil {
                alarms.note(completion, rules)
            }
        }
        return end
    }

    /// The same for requests of which some are left out.
    ///
    /// - Parameter places: the places of those that stay, in order.
    func keeping(_ places: [Int]) -> RecorderGroup {
        var group = self
        group.effects = [:]
        for (new, old) in places.enumerated() {
            if let effect = effects[old] { group.effects.updateValue(effect, forKey: new) }
        }
        return group
    }
}
