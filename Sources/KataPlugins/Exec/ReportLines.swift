import Kata
import Logging

/// What the process of a job writes about how far it is, a line each: `progress 0.4 page 4 of 10`, with or without a text behind
/// the share, and `checkpoint TEXT`.
///
/// What is none of these is told in the log once, and otherwise passed over: a job is not to fail by that.
struct ReportLines {
    /// In bytes, without the line feed: a checkpoint with its word.
    static let lineLimit = JobContext.checkpointLimit + checkpointWord.utf8.count

    private static let progressWord = "progress "
    private static let checkpointWord = "checkpoint "

    private let context: JobContext
    private var line: [UInt8] = []
    private var isTooLong = false
    private var hasComplained = false

    init(_ context: JobContext) {
        self.context = context
    }

    mutating func append(_ block: UnsafeBufferPointer<UInt8>) {
        var rest = block[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let part = rest[..<(end ?? rest.endIndex)]
            if line.count + part.count > Self.lineLimit { isTooLong = true }
            if !isTooLong { line += part }
            rest = rest[(end.map { $0 + 1 } ?? rest.endIndex)...]
            if end != nil { take() }
        }
    }

    /// Takes in a last line that has no line feed.
    mutating func finish() {
        if !line.isEmpty || isTooLong { take() }
    }

    private mutating func take() {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if isTooLong {
            return complain(
                "a line has more than \(Self.lineLimit) bytes; a checkpoint may have \(JobContext.checkpointLimit)")
        }
        guard let text = String(validating: line, as: UTF8.self) else { return complain("a line is not valid UTF-8") }
        if text.hasPrefix(Self.progressWord) {
            let words = text.dropFirst(Self.progressWord.count).split(separator: " ", maxSplits: 1)
            if let share = words.first.flatMap({ Double($0) }), share.isFinite {
                return context.report(progress: share, words.count > 1 ? String(words[1]).printable : "")
            }
        } else if text.hasPrefix(Self.checkpointWord) {
            if context.keep(checkpoint: String(text.dropFirst(Self.checkpointWord.count))) { return }
        }
        complain("there is '\(text.abbreviated.printable)', expected 'progress 0.4 TEXT' or 'checkpoint TEXT'")
    }

    private mutating func complain(_ reason: String) {
        if hasComplained { return }
        hasComplained = true
        context.logger.warning(
            "what the job writes about its progress can't be read", metadata: ["reason": "\(reason)"])
        // Whoever wrote the job looks there.
        context.print("kata: what is written to KATA_PROGRESS_FD can't be read: \(reason)\n", to: .err)
    }
}
