import ArgumentParser
import Kata
import KataCommand

extension WaitOutcome {
    /// Ends the command as the jobs ended.
    ///
    /// - Parameter timeout: as it was given.
    /// - Throws: `ExitCode`.
    func end(after timeout: String?) throws {
        if let first = unfinished.first {
            let others = unfinished.count == 1 ? " is" : " and \(counted(unfinished.count - 1, "other")) are"
            printError("kata-ctl: job \(first)\(others) not finished after \(timeout ?? "that time")")
        }
        if exitCode != 0 { throw ExitCode(exitCode) }
    }
}
