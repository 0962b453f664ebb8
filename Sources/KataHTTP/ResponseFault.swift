/// An answer that is read as HTTP and yet is no answer.
enum ResponseFault: Error, Hashable, CustomStringConvertible {
    /// Its status is a number that HTTP does not have.
    case status(UInt)
    /// It has parts that were not asked for, or lacks the parts that come first.
    case outOfOrder

    var description: String {
        switch self {
        case .status(let code):
            let digits = String(code)
            let zeros = String(repeating: "0", count: max(0, 3 - digits.count))
            return "the server answered with status \(zeros)\(digits), which HTTP does not have"
        case .outOfOrder: return "the server answered with something that was not asked for"
        }
    }
}
