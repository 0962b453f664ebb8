import Glibc
public import Kata
import Logging

/// Runs an executable for each job.
///
/// Exit code 0 means done, 75 try again, 65 failed for good; anything else fails as the pipeline's retry policy says. The
/// process has a session of its own; when it ends, or when its time is over, everything that it started in that session's
/// group ends with it.
public struct ExecHandler: JobHandler, Plugin {
    /// In the configuration: `consumer: { plugin: exec }`.
    public static let pluginName = "exec"

    private let launcher: any JobLauncher
    private let reactor = ProcessReactor(name: "kata-exec")
    private let clock: any MonotonicClock
    private let outOfMemoryKills = OutOfMemoryKills()
    /// How much of a job's standard error goes to the log, in bytes.
    private static let logLimit = 1 << 16
    /// How long a job waits before it is looked again whether there is room for a process.
    private static let shortagePause = Duration.seconds(1)

    /// Reads the handler's keys. Faults are noted in the section, also that the program is not there.
    public init(configuration section: inout ConfigurationSection, context: PluginContext) {
        self.init(configuration: &section, context: context, groups: ControlGroups.state)
    }

    init(configuration section: inout ConfigurationSection, context: PluginContext, groups: ControlGroups.State) {
        self.init(
            ExecConfiguration(&section, pipeline: context.pipeline, groups: groups), clock: context.clock)
    }

    /// A handler that runs what the launcher says.
    init(_ launcher: some JobLauncher, clock: any MonotonicClock) {
        self.launcher = launcher
        self.clock = clock
    }

    /// Runs the executable to its end, prints what it writes, and keeps what it wrote to standard output.
    ///
    /// - Throws: ``JobFailure`` as the exit status says; `CancellationError` if the process was told to end.
    public func handle(_ job: Job, in context: JobContext) async throws {
        let launch = try await launcher.launch(for: job, in: context)
        let log = ErrorLog(limit: Self.logLimit, context: context)
        let killsBefore = outOfMemoryKills.count()
        let result = try await runWhenThereIsRoom(launch, job, in: context, log: log)
        if case .unkillable = result.end.status {
            context.logger.error(
                "a process is not waited for any more", metadata: ["reason": "it \(result.end.status)"])
        }
        // Whatever its exit code says: a process that cleans up and ends when it is told to has not done the job.
        let failure = result.end.wasTerminated ? nil : failure(of: result, killsBefore, launch)
        result.keep(in: context, hasFailed: failure != nil)
        if result.end.wasTerminated { throw CancellationError() }
        if let failure { throw failure }
    }

    /// Runs the process. That there is no room for a process now is not the job's fault, so the job waits until there
    /// is.
    private func runWhenThereIsRoom(
        _ launch: ProcessLaunch, _ job: Job, in context: JobContext, log: ErrorLog
    ) async throws -> ExecResult {
        while true {
            do {
                return try await run(launch, input: launcher.input(for: job), in: context, log: log)
            } catch let error as ProcessLaunchError where error.isShortage {
                context.logger.warning("no room for a process, waiting", metadata: ["error": "\(error)"])
                // Nor is it the job's time.
                try await context.waiting(clock) { try await clock.sleep(for: Self.shortagePause) }
            } catch let error as ProcessLaunchError {
                throw launcher.failure(of: error, launch)
            }
        }
    }

    /// Runs a process to its end. If the task is cancelled, the process is terminated, and killed when that takes too long.
    ///
    /// - Throws: ``ProcessLaunchError``; `CancellationError` if it was not started because the task was cancelled before.
    private func run(
        _ launch: ProcessLaunch, input: ProcessPipes.Input, in context: JobContext, log: ErrorLog
    ) async throws -> ExecResult {
        let process = try reactor.makeHandle(for: launch)
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let isStarted = reactor.startUnlessCancelled(process, launch, input: input) { [launcher] in
                    ExecRun(
                        outputLimit: launcher.outputLimit,
                        onOutput: { block, stream in
                            // Whoever has nothing kept wants nothing to be on the disk.
                            if launcher.outputLimit == 0 { return }
                            // What is kept at the end is a part of it.
                            context.print(block, to: stream, isCopied: true)
                        },
                        onErrorLine: log.add, reports: launch.hasReports ? ReportLines(context) : nil, continuation)
                }
                if !isStarted { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            process.terminate(killAfter: launcher.killAfter)
        }
    }

    private func failure(of result: ExecResult, _ killsBefore: Int, _ launch: ProcessLaunch) -> JobFailure? {
        let end = result.end
        if end.status == .exited(0) { return nil }
        // The job's own doing. The kernel's count has grown as well, and by that alone it would be the machine's.
        if let limit = end.metLimit, case .memory = limit {
            return JobFailure("\(limit)", exitCode: end.status.exitCode, kind: end.status.failureKind)
        }
        let retry: JobFailure.Retry
        switch end.status {
        // EX_TEMPFAIL and EX_DATAERR of sysexits.h
        case .exited(75): retry = .again
        case .exited(65): retry = .never
        // A shell says 137 of what was killed below it.
        case .killed(SIGKILL) where outOfMemoryKills.haveGrown(since: killsBefore),
            .exited(137) where outOfMemoryKills.haveGrown(since: killsBefore):
            return JobFailure(
                "was killed because the machine or its control group ran out of memory", retry: .interrupted,
                exitCode: end.status.exitCode, kind: .signal)
        case .exited, .killed, .unknown, .unkillable: retry = .byPolicy
        }
        let detail =
            result.lastErrorLine.map { ": \(String($0.prefix(scalars: ExecResult.reasonLimit)).printable)" } ?? ""
        let limit = end.metLimit.map { " (it \($0))" } ?? ""
        return JobFailure(
            "\(end.status)\(detail)\(limit)\(hint(result, launch))", retry: retry, exitCode: end.status.exitCode,
            kind: end.status.failureKind)
    }

    /// What explains a failure that the program itself can't explain.
    private func hint(_ result: ExecResult, _ launch: ProcessLaunch) -> String {
        // `env` has not found the interpreter of a script, which is the job's program.
        if case .exited(127) = result.end.status, ProgramFile(launch.path)?.hasWindowsLines ?? false {
            return " (\(ProgramFile.windowsLines))"
        }
        return UnitRestrictions.own.hint(for: result.errors).map { " (\($0))" } ?? ""
    }
}
