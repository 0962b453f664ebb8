/// What a process said last on its standard error, which may tell why it ended.
struct LastErrorLine: Sendable {
    /// How crashes begin in languages that say more afterwards, such as the calls that led to it.
    private static let crashMarks = ["Fatal error: ", "panicked at ", "panic: "]
    /// How many lines may follow the one that tells of a crash. If more did, the process went on and ended for another
    /// reason.
    private static let crashLimit = 200

    private var last: String?
    private var crash: String?
    private var linesSinceCrash = 0

    mutating func add(_ line: String) {
        linesSinceCrash += 1
        if line.utf8.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
            return
        }
        last = line
        // A flood of lines is looked through in a fraction of the time like this: what tells of a crash has a place in it.
        if line.utf8.contains(UInt8(ascii: ":")), Self.crashMarks.contains(where: line.contains) {
            crash = line
            linesSinceCrash = 0
        }
    }

    /// The line that tells of a crash, or else the last one that is not blank; `nil` if there was none.
    var line: String? { crash != nil && linesSinceCrash <= Self.crashLimit ? crash : last }
}
