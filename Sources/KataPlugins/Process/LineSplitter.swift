import Kata

/// Makes lines of the blocks of a stream, within bounds.
struct LineSplitter {
    /// In bytes. A longer line is given in parts, none of which ends within a character.
    static let lineLimit = 4_096
    private var line: [UInt8] = []

    /// Gives each line that is complete, without its line break.
    mutating func append(_ block: UnsafeBufferPointer<UInt8>, _ emit: (String) -> Void) {
        var rest = block[...]
        while !rest.isEmpty {
            let end = rest.prefix(Self.lineLimit - line.count).firstIndex(of: UInt8(ascii: "\n"))
            let part = end.map { rest[..<$0] } ?? rest.prefix(Self.lineLimit - line.count)
            line.append(contentsOf: part)
            rest = rest[(end.map { $0 + 1 } ?? part.endIndex)...]
            if end != nil {
                flush(keeping: 0, emit)
            } else if line.count == Self.lineLimit {
                flush(keeping: line.unfinishedScalarLength, emit)
            }
        }
    }

    /// Gives what is left as the last line.
    mutating func finish(_ emit: (String) -> Void) {
        if !line.isEmpty { flush(keeping: 0, emit) }
    }

    /// - Parameter count: how many bytes at the end are left for the next part.
    private mutating func flush(keeping count: Int, _ emit: (String) -> Void) {
        emit(String(decoding: line.dropLast(count), as: UTF8.self))
        line.removeFirst(line.count - count)
    }
}
