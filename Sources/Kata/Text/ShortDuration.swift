/// A duration in few characters, in two units at the most.
package enum ShortDuration {
    /// How it is written.
    package enum Style {
        /// For tables on a terminal: `350ms`, `12s`, `3m12s`, `2h5m`, `3d4h`.
        case compact
        /// For pages: `350 ms`, `12 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`.
        case spaced

        fileprivate var space: String { self == .compact ? "" : " " }
        fileprivate var minute: String { self == .compact ? "m" : "min" }
    }

    /// - Parameter seconds: negative ones, as a clock that was set leaves them behind, count as none.
    package static func text(_ seconds: Double, _ style: Style = .compact) -> String {
        let milliseconds = (max(0, min(seconds, 1e12)) * 1_000).rounded()
        if milliseconds < 1_000 { return "\(Int(milliseconds))\(style.space)ms" }
        if milliseconds < 10_000 { return "\((milliseconds / 100).rounded(.down) / 10)\(style.space)s" }
        return whole(Int(milliseconds / 1_000), style)
    }

    /// The same in whole seconds, for the age of something.
    package static func age(_ seconds: Double, _ style: Style = .compact) -> String {
        whole(Int(max(0, min(seconds, 1e12))), style)
    }

    private static func whole(_ seconds: Int, _ style: Style) -> String {
        let units = [("d", 86_400), ("h", 3_600), (style.minute, 60), ("s", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "0\(style.space)s" }
        let (name, size) = units[first]
        let text = "\(seconds / size)\(style.space)\(name)"
        guard units.indices.contains(first + 1) else { return text }
        let (lesserName, lesserSize) = units[first + 1]
        let rest = seconds % size / lesserSize
        return rest == 0 ? text : "\(text)\(style.space)\(rest)\(style.space)\(lesserName)"
    }
}
