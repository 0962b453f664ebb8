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

    /// Keeps with the attempt what it has used, what the process wrote to its standard output, and if the attempt has
    /// failed, what it wrote to its standard error besides the line that is the reason.
    func keep(in context: JobContext, hasFailed: Bool) {
        if let cost = end.cost { context.keep(cost: cost) }
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
