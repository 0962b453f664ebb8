import Kata

/// Writes that are to be sent, in order, with the places where attempts have begun.
struct WriteQueue {
    private enum Entry {
        case statement(PostgresStatement)
        /// New jobs, which go together with those that come right after them.
        case jobs(JobRows)
        /// Where the attempt of that level has begun, of which the server knows nothing yet.
        case beginning(Int)

        var isBeginning: Bool {
            if case .beginning = self { true } else { false }
        }
    }

    private var entries: [Entry]
    /// The attempts that have a savepoint.
    private var saved: Set<Int> = []

    init(_ statements: [PostgresStatement]) {
        entries = statements.map { .statement($0) }
    }

    mutating func append(_ statement: PostgresStatement) {
        entries.append(.statement(statement))
    }

    mutating func append(_ rows: JobRows) {
        if rows.isEmpty { return }
        if case .jobs(let last)? = entries.last, let joined = last.joined(with: rows) {
            entries[entries.count - 1] = .jobs(joined)
        } else {
            entries.append(.jobs(rows))
        }
    }

    /// Takes out what is to be sent now. Attempts that have written something get a savepoint before that.
    ///
    /// - Parameter writes: whether a write comes behind that.
    mutating func take(writes: Bool) -> [PostgresStatement] {
        // What comes behind the last write may wait: attempts that have written nothing.
        let end = writes ? entries.count : entries.lastIndex { !$0.isBeginning }.map { $0 + 1 } ?? 0
        let statements = entries[..<end].map { entry in
            switch entry {
            case .statement(let statement): return statement
            case .jobs(let rows): return rows.statement
            case .beginning(let level):
                saved.insert(level)
                return PostgresStatement("SAVEPOINT \(Self.name(level))")
            }
        }
        entries.removeFirst(end)
        return statements
    }

    /// Begins an attempt within those that are under way.
    mutating func begin(_ level: Int) {
        entries.append(.beginning(level))
    }

    /// Keeps what was written since the attempt began, which is the last one that did.
    mutating func keep(_ level: Int) {
        if saved.remove(level) != nil {
            // Many savepoints that are kept would slow down every other transaction.
            append(PostgresStatement("RELEASE SAVEPOINT \(Self.name(level))"))
            return
        }
        guard let place = entries.lastIndex(where: \.isBeginning) else { return }
        let rest = entries[(place + 1)...]
        entries.removeSubrange(place...)
        for entry in rest {
            if case .jobs(let rows) = entry { append(rows) } else { entries.append(entry) }
        }
    }

    /// Takes back what was written since the attempt began, which is the last one that did.
    mutating func takeBack(_ level: Int) {
        if saved.remove(level) != nil {
            let name = Self.name(level)
            entries = ["ROLLBACK TO SAVEPOINT \(name)", "RELEASE SAVEPOINT \(name)"].map {
                .statement(PostgresStatement($0))
            }
        } else if let place = entries.lastIndex(where: \.isBeginning) {
            entries.removeSubrange(place...)
        }
    }

    private static func name(_ level: Int) -> String { "attempt_\(level)" }
}
