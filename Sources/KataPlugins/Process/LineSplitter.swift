/// Makes lines of the blocks of a stream, within bounds.
struct LineSplitter {
    /// In bytes. A longer line is given in parts.
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
            if end != nil || line.count == Self.lineLimit { flush(emit) }
        }
    }

    /// Gives what is left as the last line.
    mutating func finish(_ emit: (String) -> Void) {
        if !line.isEmpty { flush(emit) }
    }

    private mutating func flush(_ emit: (String) -> Void) {
        emit(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
    }
}
