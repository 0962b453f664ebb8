import Kata

/// A parameter of a statement, in the binary form in which the server takes it.
enum PostgresValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case boolean(Bool)
    case double(Double)
    case bytes([UInt8])
    /// The bytes of a text, as they are.
    case rawText([UInt8])
    /// For `unnest`, `= ANY` and the like.
    case integers([Int64?])
    case texts([String?])
    case byteArrays([[UInt8]?])

    static func integer(_ value: Int64?) -> PostgresValue { value.map { .integer($0) } ?? .null }
    static func integer(_ value: Int) -> PostgresValue { .integer(Int64(value)) }
    static func integer(_ value: Int?) -> PostgresValue { value.map { .integer(Int64($0)) } ?? .null }
    static func text(_ value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
    static func time(_ value: Timestamp) -> PostgresValue { .integer(value.milliseconds) }
    static func time(_ value: Timestamp?) -> PostgresValue { value.map { .integer($0.milliseconds) } ?? .null }

    /// The number of the value's type, as every server has it; 0 leaves it to the server.
    var type: UInt32 {
        switch self {
        case .null: 0
        case .integer: ValueType.integer
        case .text, .rawText: ValueType.text
        case .boolean: ValueType.boolean
        case .double: ValueType.double
        case .bytes: ValueType.bytes
        case .integers: ValueType.integers
        case .texts: ValueType.texts
        case .byteArrays: ValueType.byteArrays
        }
    }

    /// - Returns: `nil` for NULL.
    var bytes: [UInt8]? {
        switch self {
        case .null: return nil
        case .integer(let value): return value.bigEndianBytes
        case .text(let value): return PostgresText.encode(value)
        case .boolean(let value): return [value ? 1 : 0]
        case .double(let value): return Int64(bitPattern: value.bitPattern).bigEndianBytes
        case .bytes(let value), .rawText(let value): return value
        case .integers(let values):
            return Self.array(values, of: ValueType.integer, size: values.count * 12) { bytes, value in
                bytes.append(Int32(8))
                bytes.append(contentsOf: value.bigEndianBytes)
            }
        case .byteArrays(let values):
            return Self.array(values, of: ValueType.bytes, size: values.reduce(0) { $0 + 4 + ($1?.count ?? 0) }) {
                bytes, value in
                bytes.append(Int32(value.count))
                bytes.append(contentsOf: value)
            }
        case .texts(let values):
            return Self.array(
                values, of: ValueType.text, size: values.reduce(0) { $0 + 4 + ($1?.utf8.count ?? 0) }
            ) { bytes, value in
                let text = PostgresText.encode(value)
                bytes.append(Int32(text.count))
                bytes.append(contentsOf: text)
            }
        }
    }

    private enum ValueType {
        static let boolean: UInt32 = 16
        static let bytes: UInt32 = 17
        static let integer: UInt32 = 20
        static let double: UInt32 = 701
        static let text: UInt32 = 25
        static let byteArrays: UInt32 = 1_001
        static let texts: UInt32 = 1_009
        static let integers: UInt32 = 1_016
    }

    /// An array of one dimension: its number of dimensions, whether there are NULLs, the type of its elements, how many there are
    /// and the index of the first; then each with its length, which is -1 for NULL.
    private static func array<Element>(
        _ values: [Element?], of type: UInt32, size: Int, _ append: (inout [UInt8], Element) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + size)
        bytes.append(Int32(values.isEmpty ? 0 : 1))
        bytes.append(Int32(values.contains { $0 == nil } ? 1 : 0))
        bytes.append(Int32(bitPattern: type))
        if values.isEmpty { return bytes }
        bytes.append(Int32(values.count))
        bytes.append(Int32(1))
        for value in values {
            if let value { append(&bytes, value) } else { bytes.append(Int32(-1)) }
        }
        return bytes
    }
}

extension Int64 {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: Int32) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
