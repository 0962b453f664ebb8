@testable import Kata

/// JSON text as it comes over the wire, which may be no text at all.
struct JSONText: ExpressibleByStringInterpolation, CustomStringConvertible, Sendable {
    var bytes: [UInt8]

    init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    init(stringLiteral text: String) {
        self.init(text)
    }

    var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Lets `body` read the text from its beginning.
    func scan<Value>(_ body: (inout JSONScanner) throws -> Value) rethrows -> Value {
        try bytes.withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            return try body(&scanner)
        }
    }

    /// The one value that it is, without white space.
    ///
    /// - Throws: ``JSONScanner/Fault``, also if something follows.
    func compact() throws -> String {
        try scan { scanner in
            let text = try scanner.compactText()
            if scanner.peek() != nil { throw scanner.unexpected("nothing") }
            return text
        }
    }

    /// The one string that it is.
    func string() throws -> String {
        try scan { scanner in
            let text = try scanner.string()
            if scanner.peek() != nil { throw scanner.unexpected("nothing") }
            return text
        }
    }

    /// What is wrong with it; `nil` if it is one value.
    func fault() -> JSONScanner.Fault? {
        do {
            _ = try compact()
            return nil
        } catch {
            return error as? JSONScanner.Fault
        }
    }
}
