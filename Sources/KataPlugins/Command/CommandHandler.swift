public import Kata

/// Runs for each job the command that the job brings, as ``ExecHandler`` runs the one of its pipeline.
///
/// The item is a command with its directory and its variables, as `kata-ctl exec` makes it. Whoever may submit jobs can have
/// anything run with the daemon's rights, so that is the daemon's own user, unless the pipeline allows others.
public struct CommandHandler: JobHandler, Plugin {
    /// In the configuration: `consumer: { plugin: command }`.
    public static let pluginName = "command"

    private let exec: ExecHandler
    private let submitters: JobSubmitters

    /// Reads the handler's keys. Faults are noted in the section.
    public init(configuration section: inout ConfigurationSection, context: PluginContext) {
        self.init(configuration: &section, context: context, groups: ControlGroups.state)
    }

    init(configuration section: inout ConfigurationSection, context: PluginContext, groups: ControlGroups.State) {
        let words: [(String, JobSubmitters)] = [("owner", .owner), ("group", .localUsers)]
        submitters = section.choice("allow", of: words, default: .owner) ?? .owner
        exec = ExecHandler(
            CommandLauncher(&section, pipeline: context.pipeline, groups: groups), clock: context.clock)
    }

    /// Commands, from those whom the pipeline allows.
    public var intake: (any JobIntake)? { CommandIntake(submitters: submitters) }

    /// Runs the command to its end, and keeps what it wrote to standard output.
    ///
    /// - Throws: ``JobFailure`` as the exit status says, or because there is no such program or directory; `CancellationError`
    ///   if the process was told to end.
    public func handle(_ job: Job, in context: JobContext) async throws {
        try await exec.handle(job, in: context)
    }
}

private struct CommandIntake: JobIntake {
    let submitters: JobSubmitters

    func accept(item: String) throws(JobFault) -> String { try CommandItem(item).json }
}
