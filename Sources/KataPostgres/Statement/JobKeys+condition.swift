import Kata

extension JobKeys {
    /// The rest of a `WHERE` clause over `job` that selects these keys.
    func condition(_ builder: inout StatementBuilder) -> String {
        switch self {
        case .all: ""
        case .only(let key): " AND limit_key = \(builder.add(.text(key)))"
        case .except(let keys): " AND (limit_key IS NULL OR limit_key <> ALL(\(builder.add(.texts(keys)))))"
        }
    }
}
