import Kata

/// Says what ``ExecHandler`` runs for a job.
protocol JobLauncher: Sendable {
    /// How much of each of a process's two outputs is kept, in bytes.
    var outputLimit: Int { get }

    /// How long a process may take to end after SIGTERM, before SIGKILL.
    var killAfter: Duration { get }

    /// The process for a job.
    ///
    /// - Throws: ``JobFailure`` if there is none.
    func launch(for job: Job, in context: JobContext) async throws -> ProcessLaunch

    /// What a job's process reads.
    func input(for job: Job) -> ProcessPipes.Input

    /// What it means for the job that its process could not be started, other than for want of room.
    func failure(of error: ProcessLaunchError, _ launch: ProcessLaunch) -> JobFailure
}
