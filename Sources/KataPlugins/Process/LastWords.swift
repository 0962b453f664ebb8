/// What a process said last on its standard error, which may tell why it ended.
struct LastWords: Sendable {
    /// How crashes begin in languages that say more afterwards, such as the calls that led to it.
    private static let crashMarks = ["Fatal error: ", "panicked at ", "panic: "]
    /// How much they say afterwards, in lines. What came before that was something else.
    private static let crashLimit = 200

    private var last: String?
    private var crash: String?
    private var linesSinceCrash = 0

    mutating func add(_ line: String) {
        linesSinceCrash += 1
        if line.allSatisfy(\.isWhitespace) { return }
        last = line
        if Self.crashMarks.contains(where: line.contains) {
            crash = line
            linesSinceCrash = 0
        }
    }

    var line: String? { crash != nil && linesSinceCrash <= Self.crashLimit ? crash : last }
}
