import Kata

/// What the results of a run tell of it as a whole.
struct RunMeasurement {
    private(set) var pipeline = ""
    private var consumers: Set<String> = []
    private var start = Double.infinity
    private var end = -Double.infinity

    var workers: Int { consumers.count }
    var seconds: Double { end - start }

    mutating func add(_ result: RunResult) {
        pipeline = result.pipeline
        consumers.insert(result.consumerId)
        start = min(start, result.startedAt.seconds)
        end = max(end, result.finishedAt.seconds)
    }
}
