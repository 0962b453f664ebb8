/// Collects the parameters of a statement whose text depends on what is asked for.
struct StatementBuilder {
    private(set) var values: [PostgresValue] = []

    /// Adds a parameter.
    ///
    /// - Returns: what stands for it in the statement.
    mutating func add(_ value: PostgresValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }
}
