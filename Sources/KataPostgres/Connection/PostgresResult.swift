import Kata

/// What a statement gave: its rows, and how many it changed.
final class PostgresResult {
    private let library: LibPQ
    private let pointer: LibPQ.Result

    init(_ pointer: LibPQ.Result, library: LibPQ) {
        self.library = library
        self.pointer = pointer
    }

    deinit {
        library.clear(pointer)
    }

    /// How many rows were inserted, updated, deleted or read.
    var changes: Int { library.changedRows(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    var count: Int { Int(library.rowCount(pointer)) }

    /// Turns each row into a value.
    ///
    /// - Parameter goesOn: asked after each value; `false` leaves out the rest.
    func rows<Value>(_ value: (PostgresRow) -> Value, while goesOn: (Value) -> Bool = { _ in true }) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            let next = value(PostgresRow(result: pointer, index: Int32(index), library: library))
            values.append(next)
            if !goesOn(next) { break }
        }
        return values
    }
}

/// A row of a result, as long as that is there. Columns are counted from 0.
struct PostgresRow {
    let result: LibPQ.Result
    let index: Int32
    let library: LibPQ

    func isNull(_ column: Int32) -> Bool { library.isNull(result, index, column) != 0 }

    /// A whole number of any size, or a truth value as 0 or 1; NULL is 0.
    func integer(_ column: Int32) -> Int64 {
        let bytes = bytes(column)
        switch bytes.count {
        case 1: return Int64(Int8(bitPattern: bytes[0]))
        case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        default: return 0
        }
    }

    func boolean(_ column: Int32) -> Bool { integer(column) != 0 }

    /// A `double precision`; NULL is 0.
    func double(_ column: Int32) -> Double {
        Double(bitPattern: UInt64(bitPattern: integer(column)))
    }

    /// NULL is empty.
    func text(_ column: Int32) -> String { PostgresText.decode(bytes(column)) }

    /// At most `limit` bytes of a text; NULL is empty.
    func text(_ column: Int32, limit: Int) -> CutText {
        CutText(text(column), limit: limit)
    }

    /// A text; `nil` if it is NULL.
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    /// The bytes of a `bytea`; NULL is empty.
    func blob(_ column: Int32) -> [UInt8] { Array(bytes(column)) }

    /// The time in that column; `nil` if it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(milliseconds: integer(column))
    }

    private func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: library.value(result, index, column), count: Int(library.length(result, index, column)))
    }
}
