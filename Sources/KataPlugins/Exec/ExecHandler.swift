import Glibc
public import Kata
import Logging

/// Runs an executable for each job.
///
/// Exit code 0 means done, 75 try again, 65 failed for good; anything else fails as the pipeline's retry policy says. The
/// process has a session of its own; when it ends, or when its time is over, everything that it started in that session's
/// group ends with it.
public struct ExecHandler: JobHandler, Plugin {
    public static let pluginName = "exec"

    private let configuration: ExecConfiguration
    private let reactor = ProcessReactor()
    private let outOfMemoryKills = OutOfMemoryKills()
    /// How much of a job's standard error goes to the log, in bytes.
    private static let logLimit = 1 << 16
    private static let shortagePause = Duration.seconds(1)

    public init(configuration section: inout ConfigurationSection, context: PluginContext) {
        self.init(configuration: &section, context: context, groups: ControlGroups.state)
    }

    init(configuration section: inout ConfigurationSection, context: PluginContext, groups: ControlGroups.State) {
        configuration = ExecConfiguration(&section, pipeline: context.pipeline, groups: groups)
    }

    public func handle(_ job: Job, in context: JobContext) async throws {
        let launch = try configuration.launch(for: job, in: context)
        let log = ErrorLog(limit: Self.logLimit, context: context)
        let killsBefore = outOfMemoryKills.count()
        let end = try await run(launch, job, in: context, log: log)
        if !end.output.isEmpty || end.omittedOutput > 0 {
            context.keep(output: end.output, omitting: end.omittedOutput)
        }
        // Whatever its exit code says: a process that cleans up and ends when it is told to has not done the job.
        if end.wasTerminated { throw CancellationError() }
        if let failure = failure(of: end, killsBefore) { throw failure }
    }

    /// Runs the process. That there is no room for one now is not the job's fault, so it waits until there is.
    private func run(_ launch: ProcessLaunch, _ job: Job, in context: JobContext, log: ErrorLog) async throws
        -> ProcessEnd
    {
        while true {
            do {
                return try await reactor.run(
                    launch,
                    input: configuration.input(for: job),
                    outputLimit: configuration.outputLimit,
                    killAfter: configuration.killAfter,
                    onErrorLine: log.add
                )
            } catch let error as ProcessLaunchError where error.isShortage {
                context.logger.warning("no room for a process, waiting", metadata: ["error": "\(error)"])
                try await PreciseClock().sleep(for: Self.shortagePause)
            } catch let error as ProcessLaunchError where error.code == E2BIG {
                throw JobFailure("\(error): the item is too long for that, 'item: stdin' takes any", retry: .never)
            } catch let error as ProcessLaunchError {
                throw JobFailure(error.description)
            }
        }
    }

    private func failure(of end: ProcessEnd, _ killsBefore: Int) -> JobFailure? {
        if end.status == .exited(0) { return nil }
        // Its own doing. By the kernel's count, which has grown as well, it would be the machine's.
        if let limit = end.metLimit, case .memory = limit { return JobFailure("\(limit)") }
        let retry: JobFailure.Retry
        switch end.status {
        // EX_TEMPFAIL and EX_DATAERR of sysexits.h
        case .exited(75): retry = .again
        case .exited(65): retry = .never
        // A shell says 137 of what was killed below it.
        case .killed(SIGKILL) where outOfMemoryKills.haveGrown(since: killsBefore),
            .exited(137) where outOfMemoryKills.haveGrown(since: killsBefore):
            return JobFailure(
                "was killed because the machine or its control group ran out of memory", retry: .interrupted)
        case .exited, .killed, .unknown: retry = .byPolicy
        }
        let detail = end.lastErrorLine.map { ": \(String($0.prefix(500)).printable)" } ?? ""
        let limit = end.metLimit.map { " (it \($0))" } ?? ""
        return JobFailure("\(end.status)\(detail)\(limit)", retry: retry)
    }
}
