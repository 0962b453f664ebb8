/// A control group in the hands of one process and what it starts.
struct ControlGroupUse: Sendable {
    /// What a control group tells of a process at its end.
    struct End: Hashable, Sendable {
        /// The limit that was met; `nil` if none was.
        let metLimit: ControlGroupLimit?
        /// The most memory that the process and what it started held at a time, with what the kernel has cached for them, in
        /// bytes; `nil` where it can't be told from that of the process before in the same group.
        let peakMemory: Int64?
    }

    let leaf: ControlGroupLeaf
    let pool: ControlGroupPool
    private let eventsBefore: ControlGroupEvents
    private let peakBefore: Int64

    init(of leaf: ControlGroupLeaf, from pool: ControlGroupPool) {
        self.leaf = leaf
        self.pool = pool
        eventsBefore = ControlGroupEvents(of: leaf.group, leaf.limits)
        peakBefore = leaf.group.peakMemory
    }

    /// Kills what is left in the group, and gives it back.
    ///
    func end() -> End {
        let events = ControlGroupEvents(of: leaf.group, leaf.limits)
        let peak = leaf.group.peakMemory
        pool.giveBack(leaf)
        return End(
            metLimit: events.since(eventsBefore).limit(among: leaf.limits),
            // The kernel counts from the group's beginning on.
            peakMemory: peak > peakBefore ? peak : nil)
    }
}
