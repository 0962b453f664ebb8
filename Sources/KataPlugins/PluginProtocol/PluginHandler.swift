import Kata
import Logging

/// Has jobs handled by an executable that speaks the plugin protocol (docs/plugin-protocol.md).
struct PluginHandler: JobHandler {
    private let pool: PluginPool
    /// For jobs that were interrupted. Each is alone in the process, so if the process ends, it is known which job
    /// ended it.
    private let suspects: PluginPool
    private let fruitlessEnds = FruitlessEnds()
    /// What failures are counted as.
    private let failureKind: FailureKind

    /// - Parameter path: of the executable.
    init(
        name: String, path: String, configuration section: inout ConfigurationSection, context: PluginContext,
        groups: ControlGroups.State = ControlGroups.state
    ) {
        let count = section.integer("processes", in: 1...64, default: 1)
        let settings = PluginSettings(
            name: name, path: path, kind: .handler, &section, pipeline: context.pipeline, groups: groups)
        self.init(settings, processes: count, context: context)
    }

    /// - Parameters:
    ///   - count: how many processes share the jobs.
    ///   - failureKind: what failures are counted as.
    init(
        _ settings: PluginSettings, processes count: Int = 1, failureKind: FailureKind = .plugin, context: PluginContext
    ) {
        self.failureKind = failureKind
        pool = PluginPool(settings, count: count, clock: context.clock, logger: context.logger)
        suspects = PluginPool(settings, count: 1, width: 1, clock: context.clock, logger: context.logger)
    }

    func handle(_ job: Job, in context: JobContext) async throws {
        do {
            let answer = try await (job.interruptions > 0 ? suspects : pool).request(context: context) { id in
                PluginRequest.job(job, id: id, checkpoint: context.checkpoint)
            }
            fruitlessEnds.answered()
            switch answer {
            case .done(let output): if let output { context.keep(output: output) }
            case .failed(let error, let retry, let output):
                if let output { context.keep(output: output) }
                // The attempt was cut off, which the plugin tells as a failure.
                if Task.isCancelled { throw CancellationError() }
                throw JobFailure(
                    String(error.prefix(scalars: JobFailure.reasonLimit)).printable, retry: retry, kind: failureKind)
            case .items: throw JobFailure("the plugin answered a job with items", kind: failureKind)
            }
        } catch let end as PluginProcess.Ended {
            if Task.isCancelled { throw CancellationError() }
            let isDown = end.process.map { fruitlessEnds.add(process: $0, job: job.id) } ?? false
            throw JobFailure(end.description, retry: isDown ? .unavailable : .interrupted, kind: failureKind)
        }
    }

    var status: PluginStatus? { pool.status }

    func drainBegan() {
        pool.drainBegan()
        suspects.drainBegan()
    }

    func stop() async {
        await pool.stop()
        await suspects.stop()
    }
}
