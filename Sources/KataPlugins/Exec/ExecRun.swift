import Kata

/// What the process of a job left.
struct ExecResult: Hashable, Sendable {
    /// How much of a line of standard error is told as the reason, in Unicode scalars.
    static let reasonLimit = 500
    let end: ProcessEnd
    /// What the process wrote to its standard output, up to the limit.
    let output: String
    /// How many bytes of its standard output are not kept.
    let omittedOutput: Int
    /// What the process wrote to its standard error, up to the same limit.
    let errors: String
    /// How many bytes of its standard error are not kept.
    let omittedErrors: Int
    /// The line of its standard error that tells most of its end; `nil` if it wrote none.
    let lastErrorLine: String?

    /// Keeps with the attempt what the process wrote to its standard output, and if the attempt has failed, what it wrote to
    /// its standard error besides the line that is the reason.
    func keep(in context: JobContext, hasFailed: Bool) {
        if hasFailed && hasMoreErrors {
            context.keep(output: output, omitting: omittedOutput, errors: errors, omittingErrors: omittedErrors)
        } else if !output.isEmpty || omittedOutput > 0 {
            context.keep(output: output, omitting: omittedOutput)
        }
    }

    /// Whether there is more on standard error than the reason says.
    private var hasMoreErrors: Bool {
        if omittedErrors > 0 { return !errors.isEmpty }
        return errors.utf8.split(separator: UInt8(ascii: "\n")).count > 1
            || (lastErrorLine?.utf8.count ?? 0) > Self.reasonLimit
    }
}

/// Takes in what the process of a job does, for the task that waits for its end.
final class ExecRun: ProcessObserver {
    typealias Continuation = UnsafeContinuation<ExecResult, any Error>

    private var text: BoundedText
    private var errors: BoundedText
    private var lines = LineSplitter()
    private var lastErrorLine = LastErrorLine()
    private let onErrorLine: @Sendable (String) -> Void
    private let continuation: Continuation

    /// - Parameters:
    ///   - outputLimit: how much of each of its two outputs is kept, in bytes.
    ///   - onErrorLine: called on the reactor's thread with each line that it writes to its standard error.
    init(outputLimit: Int, onErrorLine: @escaping @Sendable (String) -> Void, _ continuation: Continuation) {
        text = BoundedText(limit: outputLimit)
        errors = BoundedText(limit: outputLimit)
        self.onErrorLine = onErrorLine
        self.continuation = continuation
    }

    func output(_ block: UnsafeBufferPointer<UInt8>) {
        text.append(block)
    }

    func error(_ block: UnsafeBufferPointer<UInt8>) {
        errors.append(block)
        lines.append(block, note)
    }

    /// The process of a job may go on working without an output.
    func outputWasClosed() {}

    func ended(_ end: ProcessEnd) {
        lines.finish(note)
        continuation.resume(
            returning: ExecResult(
                end: end, output: text.text, omittedOutput: text.omitted, errors: errors.text,
                omittedErrors: errors.omitted, lastErrorLine: lastErrorLine.line))
    }

    func notStarted(_ error: ProcessLaunchError) {
        continuation.resume(throwing: error)
    }

    private func note(_ line: String) {
        lastErrorLine.add(line)
        onErrorLine(line)
    }
}
