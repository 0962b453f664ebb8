import Foundation
import Kata

/// Where the log goes, and in which format.
struct LogDestination {
    let format: LogFormat
    let sink: any LogSink

    /// The journal if standard error is connected to it, with fields if the journal's socket is there; else standard error.
    ///
    /// - Parameters:
    ///   - environment: names the journal's stream, as in `systemd.exec(5)`.
    ///   - program: what the journal is told to be the program's name.
    static func detect(environment: [String: String], program: String) -> LogDestination {
        let standardError = DescriptorSink(descriptor: STDERR_FILENO)
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(STDERR_FILENO, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return LogDestination(format: .plain, sink: standardError) }
        if let path = JournalSink.path(besideStream: STDERR_FILENO), let journal = JournalSink(path: path) {
            return LogDestination(format: .journalFields(program: program), sink: journal)
        }
        return LogDestination(format: .journalLine, sink: standardError)
    }
}
