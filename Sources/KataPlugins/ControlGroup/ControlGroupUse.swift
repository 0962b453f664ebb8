/// A control group in the hands of one process and what it starts.
struct ControlGroupUse: Sendable {
    let leaf: ControlGroupLeaf
    let pool: ControlGroupPool
    private let eventsBefore: ControlGroupEvents

    init(of leaf: ControlGroupLeaf, from pool: ControlGroupPool) {
        self.leaf = leaf
        self.pool = pool
        eventsBefore = ControlGroupEvents(of: leaf.group, leaf.limits)
    }

    /// Kills what is left in the group, and gives it back.
    ///
    /// - Returns: the limit that was met; `nil` if none was.
    func end() -> ControlGroupLimit? {
        let events = ControlGroupEvents(of: leaf.group, leaf.limits)
        pool.giveBack(leaf)
        return events.since(eventsBefore).limit(among: leaf.limits)
    }
}
