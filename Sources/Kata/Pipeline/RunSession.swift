/// A run as this daemon works on it, or last worked on it.
struct RunSession: Sendable {
    let progress: RunProgress
    let queue: (input: BoundedQueue<Job>.Input, output: BoundedQueue<Job>.Output, gauge: BoundedQueue<Job>.Gauge)
    let activities: [ConsumerActivity]

    init(run: Run, configuration: PipelineConfiguration, isUnderWay: Bool) {
        progress = RunProgress(run: run, isUnderWay: isUnderWay)
        queue = BoundedQueue<Job>.make(size: configuration.queueSize)
        activities = (1...configuration.workerCount).map { ConsumerActivity(id: ConsumerID.make($0)) }
    }

    var run: Run { progress.run }
}
