/// Keeps the first bytes of a stream, and counts the rest.
struct BoundedText {
    private let limit: Int
    private var bytes: [UInt8] = []
    /// How many bytes were not kept.
    private(set) var omitted = 0

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ block: UnsafeBufferPointer<UInt8>) {
        let room = min(block.count, limit - bytes.count)
        bytes.append(contentsOf: block.prefix(room))
        omitted += block.count - room
    }

    /// What was kept, with what is no UTF-8 replaced.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
