/// A value of a row that is moved. Truth values are 0 and 1.
package enum StoredValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])
}

/// Many rows of a table, with what shows that they have arrived.
package struct StoredRows: Sendable {
    /// Where they belong.
    package let table: StoredTable
    /// Each with a value for each column.
    package let rows: [[StoredValue]]

    /// Takes rows in the order of the table's columns.
    package init(table: StoredTable, rows: [[StoredValue]]) {
        self.table = table
        self.rows = rows
    }

    /// The sum of the rows' checksums, which does not depend on their order.
    package var checksum: UInt64 { rows.reduce(0) { $0 &+ Self.checksum($1) } }

    private static func checksum(_ row: [StoredValue]) -> UInt64 {
        var checksum = Checksum()
        for value in row {
            switch value {
            case .null: checksum.add(tag: 0, 0)
            case .integer(let value): checksum.add(tag: 1, value)
            case .text(var text):
                checksum.add(tag: 2, Int64(text.utf8.count))
                text.withUTF8 { checksum.add($0) }
            case .bytes(let bytes):
                checksum.add(tag: 3, Int64(bytes.count))
                bytes.withUnsafeBufferPointer { checksum.add($0) }
            }
        }
        return checksum.value
    }
}

extension Checksum {
    /// Takes in what kind of value comes, and a number.
    fileprivate mutating func add(tag: UInt8, _ number: Int64) {
        withUnsafeBytes(of: (tag.bigEndian, number.bigEndian)) { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { add(UnsafeBufferPointer(start: $0.baseAddress, count: 1)) }
        }
        withUnsafeBytes(of: number.bigEndian) { bytes in
            bytes.withMemoryRebound(to: UInt8.self) { add($0) }
        }
    }
}

/// Where rows are moved from. Everything that is read is of one moment.
package protocol StoredRowsSource {
    /// How many rows a table has.
    func count(_ table: StoredTable) throws -> Int

    /// Goes through a table in the order of its key, some thousand rows at a time.
    func read(_ table: StoredTable, _ body: (StoredRows) throws -> Void) throws
}

/// Where rows are moved to: a store that nobody sees before all is there.
package protocol StoredRowsTarget: StoredRowsSource {
    /// Adds rows, which come in the order of the tables and of their keys.
    func write(_ rows: StoredRows) throws

    /// Has the store be seen, and work be done with it.
    func finish() throws
}
