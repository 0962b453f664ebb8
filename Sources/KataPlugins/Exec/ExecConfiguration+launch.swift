import Foundation
import Kata

/// The process of a job.
extension ExecConfiguration {
    /// The process for a job.
    ///
    /// - Throws: ``JobFailure`` if the item can't be passed on.
    func launch(for job: Job, in context: JobContext) throws -> ProcessLaunch {
        var arguments = arguments
        var variables = JobVariables.of(job, in: context, takesReports: takesReports)
        switch passing {
        case .standardInput, .nothing: break
        case .argument:
            try checkHasNoNUL(job)
            for index in arguments.indices.dropFirst() {
                arguments[index] = arguments[index].replacingOccurrences(
                    of: Self.placeholder, with: job.item, options: .literal)
            }
        case .environment:
            try checkHasNoNUL(job)
            variables.append("KATA_ITEM=\(job.item)")
        }
        var launch = settings.launch(path, arguments, variables: variables)
        launch.hasReports = takesReports
        return launch
    }

    /// What a job's process reads.
    func input(for job: Job) -> ProcessPipes.Input {
        switch passing {
        case .standardInput: .bytes(Array(job.item.utf8)[...])
        case .argument, .environment, .nothing: .nothing
        }
    }

    func failure(of error: ProcessLaunchError, _ launch: ProcessLaunch) -> JobFailure {
        switch error.code {
        case E2BIG: JobFailure("\(error): the item is too long for that, 'item: stdin' takes any", retry: .never)
        // What kept it from its beginning was not the job.
        case ETIMEDOUT: JobFailure(error.description, retry: .again)
        // Its program is the same for every job.
        default: JobFailure(error.description, retry: .unavailable)
        }
    }

    private func checkHasNoNUL(_ job: Job) throws {
        if job.item.utf8.contains(0) {
            throw JobFailure("the item holds a NUL, which only 'item: stdin' can pass on", retry: .never)
        }
    }
}
