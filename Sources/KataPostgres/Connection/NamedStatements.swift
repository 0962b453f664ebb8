/// The statements that a connection's server knows by a name, so that they need not be read and planned each time. A server knows them as
/// long as the connection lasts; behind a pool of connections it may be another one each time.
struct NamedStatements {
    /// A text may have parameters of other types the next time, as where a value is missing.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]
    }

    private var names: [Key: String] = [:]
    /// Texts that are made up anew each time would fill the server's memory.
    private static let limit = 300

    /// The name of a statement; `nil` if it has none.
    subscript(key: Key) -> String? { names[key] }

    /// A name for a statement that has none; `nil` if there are too many.
    func newName() -> String? { names.count < Self.limit ? "kata_\(names.count + 1)" : nil }

    /// Takes in that the server knows a statement.
    mutating func add(_ name: String, for key: Key) {
        names[key] = name
    }
}
