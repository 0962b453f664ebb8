/// Which jobs are meant, by what the limits per key go by. Keys are compared byte by byte.
public enum JobKeys: Hashable, Sendable {
    /// All jobs, those without a key among them.
    case all
    /// Only jobs with that key.
    case only(String)
    /// All jobs but those with one of these keys. Jobs without a key are among them.
    case except([String])

    /// Whether a job with that key is meant.
    package func contain(_ key: String?) -> Bool {
        switch self {
        case .all: true
        case .only(let only): key.map { ExactString($0) == ExactString(only) } ?? false
        case .except(let keys): key.map { key in !keys.contains { ExactString($0) == ExactString(key) } } ?? true
        }
    }
}
