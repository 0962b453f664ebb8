import Kata

/// Up to when the times of each entry of a schedule have become jobs. As text it is `name=milliseconds;…`, since 1970.
struct ScheduleCursor {
    private var times: [String: Timestamp] = [:]

    init(_ progress: SourceProgress) {
        guard case .at(let cursor) = progress else { return }
        for part in cursor.split(separator: ";") {
            let pair = part.split(separator: "=")
            if pair.count == 2, let milliseconds = Int64(pair[1]) {
                times[String(pair[0])] = Timestamp(milliseconds: milliseconds)
            }
        }
    }

    subscript(name: String) -> Timestamp? {
        get { times[name] }
        set { times[name] = newValue }
    }

    /// Forgets all entries but those.
    mutating func keepOnly(_ names: [String]) {
        times = times.filter { names.contains($0.key) }
    }

    var text: String {
        times.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.milliseconds)" }.joined(separator: ";")
    }
}
