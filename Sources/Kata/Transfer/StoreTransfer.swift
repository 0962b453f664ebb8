/// Moves all that one store holds to another one, and looks that it has arrived.
package struct StoreTransfer {
    /// How far it has come, over all tables.
    package struct Progress: Hashable, Sendable {
        /// What is done now: `copying` or `comparing`.
        package let step: String
        /// The table's name.
        package let table: String
        /// How many rows are done in this step.
        package let done: Int
        /// How many there are.
        package let total: Int
    }

    /// What was moved.
    package struct Outcome: Hashable, Sendable {
        /// How many rows each table has.
        package let rows: [(table: String, count: Int)]

        package static func == (left: Outcome, right: Outcome) -> Bool {
            left.rows.elementsEqual(right.rows) { $0 == $1 }
        }

        package func hash(into hasher: inout Hasher) {
            for row in rows { hasher.combine(row.count) }
        }

        /// How many rows that table has; 0 if there is no such table.
        package func count(of table: String) -> Int { rows.first { $0.table == table }?.count ?? 0 }
    }

    private struct Sum: Equatable {
        var count = 0
        var checksum: UInt64 = 0

        mutating func add(_ rows: StoredRows) {
            count += rows.rows.count
            checksum &+= rows.checksum
        }
    }

    private let source: any StoredRowsSource
    private let target: any StoredRowsTarget
    private let onProgress: (Progress) -> Void

    /// - Parameter onProgress: called after each page of rows.
    package init(
        from source: any StoredRowsSource, to target: any StoredRowsTarget, onProgress: @escaping (Progress) -> Void
    ) {
        self.source = source
        self.target = target
        self.onProgress = onProgress
    }

    /// - Throws: ``TransferDifference`` if what arrived is not what was sent; what source and target threw. The target is not to be
    ///   seen then.
    package func run() throws -> Outcome {
        let total = try StoredTable.all.reduce(0) { try $0 + source.count($1) }
        var sent: [Sum] = []
        var done = 0
        for table in StoredTable.all {
            var sum = Sum()
            try source.read(table) { rows in
                try target.write(rows)
                sum.add(rows)
                done += rows.rows.count
                onProgress(Progress(step: "copying", table: table.name, done: done, total: total))
            }
            sent.append(sum)
        }
        done = 0
        for (table, sent) in zip(StoredTable.all, sent) {
            var arrived = Sum()
            try target.read(table) { rows in
                arrived.add(rows)
                done += rows.rows.count
                onProgress(Progress(step: "comparing", table: table.name, done: done, total: total))
            }
            if arrived != sent { throw TransferDifference(table: table.name, sent: sent.count, arrived: arrived.count) }
        }
        try target.finish()
        return Outcome(rows: zip(StoredTable.all, sent).map { ($0.name, $1.count) })
    }
}

/// That a table has not arrived as it was sent.
package struct TransferDifference: Error, Hashable, CustomStringConvertible {
    /// The table's name.
    package let table: String
    /// How many rows were sent.
    package let sent: Int
    /// How many there are.
    package let arrived: Int

    /// A sentence for people.
    package var description: String {
        sent == arrived
            ? "the rows of '\(table)' have not arrived as they were; nothing was changed"
            : "of \(counted(sent, "row")) of '\(table)' \(arrived) arrived; nothing was changed"
    }
}
