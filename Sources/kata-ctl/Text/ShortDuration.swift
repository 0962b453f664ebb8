/// A duration in few characters, for tables: `350ms`, `12s`, `3m12s`, `2h5m`, `3d4h`.
enum ShortDuration {
    /// - Parameter seconds: negative ones, as a clock that was set leaves them behind, count as none.
    static func text(_ seconds: Double) -> String {
        let milliseconds = (max(0, min(seconds, 1e12)) * 1_000).rounded()
        if milliseconds < 1_000 { return "\(Int(milliseconds))ms" }
        if milliseconds < 10_000 { return "\((milliseconds / 100).rounded(.down) / 10)s" }
        return whole(Int(milliseconds / 1_000))
    }

    /// The same in whole seconds, for the age of something.
    static func age(_ seconds: Double) -> String {
        whole(Int(max(0, min(seconds, 1e12))))
    }

    private static func whole(_ seconds: Int) -> String {
        let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "0s" }
        let (name, size) = units[first]
        let text = "\(seconds / size)\(name)"
        guard units.indices.contains(first + 1) else { return text }
        let (lesserName, lesserSize) = units[first + 1]
        let rest = seconds % size / lesserSize
        return rest == 0 ? text : "\(text)\(rest)\(lesserName)"
    }
}
