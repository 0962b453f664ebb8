extension Pipeline {
    /// Says what the pipeline as a whole does now, or what it waits for. Costs no access to the store.
    public func explainWork() -> Explanation {
        let status = status()
        let counts = status.counts
        let work = counts.running + counts.queued
        if status.state == .draining {
            return Explanation(
                .draining, "it takes no more items, and finishes what it has: \(Self.work(status))")
        }
        if status.state == .paused {
            let rest = work > 0 ? "; what it has it finishes: \(Self.work(status))" : ""
            return Explanation(.paused, "it is paused; 'kata-ctl resume \(name)' ends that\(rest)")
        }
        if counts.running > 0 { return Explanation(.running, "\(Self.work(status))\(Self.also(status.problems))") }
        if let problem = status.problems.first {
            let isEmpty = work + counts.pending == 0 && status.run?.isFinished == false
            let queue = isEmpty ? "its consumers wait at the empty queue; " : ""
            return Explanation(.problem, "\(queue)\(problem)\(Self.also(Array(status.problems.dropFirst())))")
        }
        if work + counts.pending > 0 { return Explanation(.queued, "it is about to begin: \(Self.work(status))") }
        if counts.scheduled + counts.waiting > 0 {
            let jobs = [(counts.scheduled, "for a time"), (counts.waiting, "for other jobs")].filter { $0.0 > 0 }
            let words = jobs.map { "\(counted($0.0, "job")) \($0.0 == 1 ? "waits" : "wait") \($0.1)" }
            return Explanation(.waiting, words.joined(separator: ", "))
        }
        guard let run = status.run else { return Explanation(.idle, "it has nothing to do") }
        if run.isFinished { return Explanation(.finished, "run \(run.id) is finished, and there is no other") }
        let items = run.items.map { "\(run.produced) of \($0) items came until now" } ?? "every job is finished"
        return Explanation(.idle, "it waits for its producer; \(items)")
    }

    /// Such as `3 of 12 workers have a job; 50 on the queue, 40 pending`.
    private static func work(_ status: PipelineStatus) -> String {
        let counts = status.counts
        return
            "\(counts.running) of \(counted(status.workerCount, "worker")) \(counts.running == 1 ? "has" : "have") a job; "
            + "\(counts.queued) on the queue, \(counts.pending) pending"
    }

    private static func also(_ problems: [String]) -> String { problems.map { "; \($0)" }.joined() }
}
