import ArgumentParser
import Glibc
import Kata
import KataAPI
import KataClient
import KataCommand

/// Changes many jobs: those that are there when it begins, after somebody at the terminal has agreed.
struct BulkChange {
    /// What is done, such as `retry`.
    let verb: String
    let options: BulkOptions

    /// How many jobs a request is about. A command that is ended in between leaves the rest as it is.
    private static let batch = 10_000

    /// - Parameter jobs: which ones.
    /// - Returns: whether they are to be changed. Otherwise everything was said.
    /// - Throws: `ExitCode` if somebody disagrees.
    func confirm(_ jobs: SelectionDocument, json: Bool) throws -> Bool {
        if options.dryRun {
            if json {
                try StandardOutput.printJSON(jobs)
            } else {
                try StandardOutput.printLine("would \(verb) \(counted(jobs.matched, "job"))")
            }
            return false
        }
        if jobs.matched == 0 || options.yes || isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0 { return true }
        let question = Array("\(verb) \(counted(jobs.matched, "job"))? [y/N] ".utf8)
        // A question that can't be asked is answered with no.
        _ = write(STDERR_FILENO, question, question.count)
        if ["y", "yes"].contains(readLine()?.lowercased() ?? "") { return true }
        printError("kata-ctl: nothing was changed")
        throw ExitCode(1)
    }

    /// Changes the jobs, some thousands at a time.
    ///
    /// - Returns: how many were changed.
    /// - Throws: what `change` threw, after it was said how many were changed before.
    func change(_ jobs: some Sequence<Int64>, _ change: ([Int64]) async throws -> Int) async throws -> Int {
        var changed = 0
        var batch: [Int64] = []
        func flush() async throws {
            if batch.isEmpty { return }
            do {
                changed += try await change(batch)
            } catch {
                if changed > 0 { printError("kata-ctl: before that: \(verb) of \(counted(changed, "job"))") }
                throw error
            }
            batch = []
        }
        for job in jobs {
            batch.append(job)
            if batch.count == Self.batch { try await flush() }
        }
        try await flush()
        return changed
    }
}
