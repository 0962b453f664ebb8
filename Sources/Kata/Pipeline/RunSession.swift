/// A run as this daemon works on it, or last worked on it.
struct RunSession: Sendable {
    let progress: RunProgress
    /// `nil` if it is not worked on any more.
    let gauge: BoundedQueue<Job>.Gauge?
    let activities: [ConsumerActivity]

    init(run: Run, configuration: PipelineConfiguration, gauge: BoundedQueue<Job>.Gauge? = nil) {
        progress = RunProgress(run: run, isUnderWay: gauge != nil)
        self.gauge = gauge
        activities = (1...configuration.workerCount).map { ConsumerActivity(id: ConsumerID.make($0)) }
    }

    var run: Run { progress.run }
}
