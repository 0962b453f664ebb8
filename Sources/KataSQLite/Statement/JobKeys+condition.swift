import Kata

extension JobKeys {
    /// The rest of a `WHERE` clause over `job` that selects these keys.
    ///
    /// - Parameter index: the first parameter of those that are bound to the keys.
    func condition(_ index: Int) -> String {
        switch self {
        case .all: return ""
        case .only: return " AND limit_key = ?\(index)"
        case .except(let keys):
            let rest = keys.filter(\.hasZero).indices.map { " AND limit_key IS NOT ?\(index + 1 + $0)" }.joined()
            return " AND (limit_key IS NULL OR limit_key NOT IN (SELECT value FROM json_each(?\(index))))\(rest)"
        }
    }
}

extension String {
    /// Whether there is a zero byte in it, at which SQLite ends a text that it reads from JSON.
    fileprivate var hasZero: Bool { utf8.contains(0) }
}

extension SQLStatement {
    /// Sets the parameters of ``JobKeys/condition(_:)``, if it has some.
    func bind(_ keys: JobKeys, at index: Int32) {
        switch keys {
        case .all: return
        case .only(let key): bind(key, at: index)
        case .except(let keys):
            var json = JSONWriter()
            json.list { json in
                for key in keys where !key.hasZero { json.string(key) }
            }
            bind(String(decoding: json.bytes, as: UTF8.self), at: index)
            for (offset, key) in keys.filter(\.hasZero).enumerated() { bind(key, at: index + 1 + Int32(offset)) }
        }
    }
}
