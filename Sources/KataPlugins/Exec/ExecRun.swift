import Kata

/// Takes in what the process of a job does, for the task that waits for its end.
final class ExecRun: ProcessObserver {
    typealias Continuation = UnsafeContinuation<ExecResult, any Error>

    private var text: BoundedText
    private var errors: BoundedText
    private var lines = LineSplitter()
    private var lastErrorLine = LastErrorLine()
    private let onErrorLine: @Sendable (String) -> Void
    private let onOutput: @Sendable (UnsafeBufferPointer<UInt8>, OutputPiece.Stream) -> Void
    private var reports: ReportLines?
    private let continuation: Continuation

    /// - Parameters:
    ///   - outputLimit: how much of each of its two outputs is kept, in bytes.
    ///   - onOutput: called on the reactor's thread with all that it writes, as it is read.
    ///   - onErrorLine: called on the reactor's thread with each line that it writes to its standard error.
    ///   - reports: takes in what it writes about how far it is; `nil` if it can't.
    init(
        outputLimit: Int, onOutput: @escaping @Sendable (UnsafeBufferPointer<UInt8>, OutputPiece.Stream) -> Void,
        onErrorLine: @escaping @Sendable (String) -> Void, reports: ReportLines? = nil, _ continuation: Continuation
    ) {
        self.onOutput = onOutput
        self.reports = reports
        text = BoundedText(limit: outputLimit)
        errors = BoundedText(limit: outputLimit)
        self.onErrorLine = onErrorLine
        self.continuation = continuation
    }

    func output(_ block: UnsafeBufferPointer<UInt8>) {
        text.append(block)
        onOutput(block, .out)
    }

    func error(_ block: UnsafeBufferPointer<UInt8>) {
        errors.append(block)
        onOutput(block, .err)
        lines.append(block, note)
    }

    func report(_ block: UnsafeBufferPointer<UInt8>) {
        reports?.append(block)
    }

    /// The process of a job may go on working without an output.
    func outputWasClosed() {}

    func ended(_ end: ProcessEnd) {
        lines.finish(note)
        reports?.finish()
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
