import Kata

/// Keeps the first bytes of a stream, and counts the rest.
struct BoundedText {
    private let limit: Int
    private var bytes: [UInt8] = []
    /// How many bytes came after those that there was room for.
    private var excess = 0

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ block: UnsafeBufferPointer<UInt8>) {
        let room = min(block.count, limit - bytes.count)
        bytes.append(contentsOf: block.prefix(room))
        excess += block.count - room
    }

    /// What was kept, with what is no UTF-8 replaced. Where it was cut it has no part of a character at its end.
    var text: String { String(decoding: bytes.dropLast(cutLength), as: UTF8.self) }

    /// How many bytes were not kept.
    var omitted: Int { excess + cutLength }

    /// How many bytes at the end are left out, because the rest of their character is.
    private var cutLength: Int { excess == 0 ? 0 : bytes.unfinishedScalarLength }
}
