import Kata

/// How many jobs pipelines are done with in a second.
struct WorkRates {
    private var last: [String: (count: Int, time: MonotonicInstant)] = [:]

    /// What a node does, since the last report.
    mutating func report(of pipelines: [Pipeline], at now: MonotonicInstant) -> NodeReport {
        NodeReport(
            pipelines: pipelines.map { pipeline in
                let count = pipeline.settledCount
                let before = last.updateValue((count, now), forKey: pipeline.name)
                let rate = before.map { before in
                    Double(max(0, count - before.count)) / max(0.001, before.time.duration(to: now) / .seconds(1))
                }
                return pipeline.report(rate: rate ?? 0)
            })
    }
}
