import Glibc
import Kata

/// The way from the host: what was standard input.
struct HostInput {
    private let descriptor: Int32
    private var bytes: [UInt8] = []
    /// Where the next line begins.
    private var start = 0
    private static let blockSize = 1 << 16

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Waits for the next message; `nil` at the end, and if reading fails.
    ///
    /// - Throws: ``JSONScanner/Fault`` if a line is no message.
    mutating func next() throws -> HostMessage? {
        var searched = start
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return try HostMessage(line: bytes[start..<end])
            }
            bytes.removeFirst(start)
            start = 0
            searched = bytes.count
            if !readMore() { return nil }
        }
    }

    /// - Returns: `false` at the end, and if reading fails.
    private mutating func readMore() -> Bool {
        let block = [UInt8](unsafeUninitializedCapacity: Self.blockSize) { buffer, count in
            count = max(0, retryingInterrupted { read(descriptor, buffer.baseAddress, buffer.count) })
        }
        bytes += block
        return !block.isEmpty
    }
}
