import Foundation
import Kata

/// What a `command` handler runs for a job: the command that the job brings.
struct CommandLauncher: JobLauncher {
    let outputLimit: Int
    private let settings: ProcessSettings
    private let files = FileThread(name: "kata-find", clock: PreciseClock())
    /// Whether a process may say how far it is, and leave checkpoints, on a descriptor of its own.
    private let takesReports: Bool

    var killAfter: Duration { settings.killAfter }

    /// Reads the handler's keys. Faults are noted in the section.
    init(_ section: inout ConfigurationSection, pipeline: String, groups: ControlGroups.State) {
        settings = ProcessSettings(&section, pipeline: pipeline, groups: groups)
        outputLimit = section.integer("output_limit", in: 0...JobContext.outputLimit, default: JobContext.outputLimit)
        takesReports = section.boolean("progress", default: false)
    }

    func launch(for job: Job, in context: JobContext) async throws -> ProcessLaunch {
        let item: CommandItem
        do {
            item = try CommandItem(job.item)
        } catch {
            throw JobFailure("\(error)", retry: .never)
        }
        guard let name = item.command.first else { throw JobFailure("the command is empty", retry: .never) }
        var launch = settings.launch(
            name, item.command, variables: JobVariables.of(job, in: context, takesReports: takesReports),
            replacing: item.environment)
        launch.hasReports = takesReports
        if let directory = item.directory { launch.directory = directory }
        if name.contains("/") {
            if !name.hasPrefix("/"), let directory = launch.directory { launch.path = "\(directory)/\(name)" }
            return launch
        }
        // A directory of the path may be on a file server that does not answer.
        let searchPath = item.environment["PATH"]
        let path = try await files.perform(on: name) { [settings] in settings.find(name, in: searchPath) }
        guard let path else {
            throw JobFailure("there is no program '\(name)'\(settings.place(of: name, in: searchPath))", retry: .never)
        }
        launch.path = path
        return launch
    }

    /// A command that is put aside reads nothing.
    func input(for job: Job) -> ProcessPipes.Input { .nothing }

    func failure(of error: ProcessLaunchError, _ launch: ProcessLaunch) -> JobFailure {
        switch error.cause {
        case .directory:
            let hint = UnitRestrictions.own.hint(forDirectory: launch.directory ?? "", code: error.code)
            return JobFailure("\(error) (\(hint))", retry: .never)
        case .program where error.code == ETIMEDOUT: return JobFailure("\(error)", retry: .again)
        case .program: return JobFailure("\(error)", retry: .never)
        // It would be the same for every command.
        case .other: return JobFailure("\(error)", retry: .unavailable)
        }
    }
}
