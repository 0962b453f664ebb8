import Kata
import KataAPI
import KataClient
import KataCommand

/// Waits for jobs that were just submitted, and says what becomes of them.
struct JobFollowing {
    let client: ControlClient
    let wait: JobWait
    /// Whether to print what the jobs print, on standard output, while they do. What becomes of them goes to standard error then.
    let printsOutput: Bool
    let isQuiet: Bool

    /// - Throws: ``ControlClientError``; ``FileError``.
    func end(of jobs: JobIDs) async throws -> WaitOutcome {
        try await WaitOutcome.of(jobs, wait) { job in
            if printsOutput { try await follow(job) }
        } ended: { job in
            let line = WaitOutcome(jobs: [job]).lines[0]
            if printsOutput { printError(line) } else if !isQuiet { try StandardOutput.printLine(line) }
        }
    }

    /// Prints what a job prints until it is finished, or the time is over.
    private func follow(_ job: Int64) async throws {
        guard let timeLeft = wait.timeLeft else { return try await printOutput(of: job) }
        try await withThrowingTaskGroup { group in
            // Whichever ends first: how the job ended, or that it has not, is found out by whoever waits for it.
            group.addTask { try await printOutput(of: job) }
            group.addTask { try await Task.sleep(for: timeLeft) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func printOutput(of job: Int64) async throws {
        var text = OutputLog(isRaw: false)
        do {
            try await client.output(of: job, OutputSelection(follows: true)) { part in
                if let heading = text.heading(of: part) { printError(heading) }
                try StandardOutput.write(text.bytes(of: part))
            }
        } catch is ControlClientError {
            // Whoever waits for the job's end says what is wrong, and goes on waiting where that is of use.
        }
        try StandardOutput.write(text.end())
    }
}
