import Kata

/// Up to when the times of each entry of a schedule have become jobs. As text it is `name=milliseconds;…`, since 1970.
struct ScheduleCursor {
    private var times: [String: Timestamp] = [:]

    init(_ progress: SourceProgress) {
        guard case .at(let cursor) = progress else { return }
        // Byte by byte: as characters, a separator and the mark that a name begins with are one.
        for part in cursor.utf8.split(separator: UInt8(ascii: ";")) {
            let pair = part.split(separator: UInt8(ascii: "=")).map { String(Substring($0)) }
            if pair.count == 2, let milliseconds = Int64(pair[1]) {
                times[pair[0]] = Timestamp(milliseconds: milliseconds)
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
