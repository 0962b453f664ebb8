/// Numbers as pages show them.
enum Words {
    /// Such as `184 ms`, `1.9 s`, `2 min 10 s`, `1 h 5 min`, `3 d 4 h`.
    static func duration(_ seconds: Double) -> String {
        // A clock that was set leaves negative ones behind.
        let milliseconds = (max(0, min(seconds, 1e12)) * 1_000).rounded()
        if milliseconds < 1_000 { return "\(Int(milliseconds)) ms" }
        if milliseconds < 10_000 { return "\((milliseconds / 100).rounded(.down) / 10) s" }
        return age(milliseconds / 1_000)
    }

    /// The same in whole seconds.
    static func age(_ seconds: Double) -> String {
        let seconds = Int(max(0, min(seconds, 1e12)))
        let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]
        guard let first = units.firstIndex(where: { seconds >= $0.1 }) else { return "0 s" }
        let (name, size) = units[first]
        let text = "\(seconds / size) \(name)"
        guard units.indices.contains(first + 1) else { return text }
        let (lesserName, lesserSize) = units[first + 1]
        let rest = seconds % size / lesserSize
        return rest == 0 ? text : "\(text) \(rest) \(lesserName)"
    }

    /// Such as `48,394`.
    static func count(_ number: Int) -> String {
        var digits = String(number.magnitude)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// Such as `2.1/s`, `40/min` or `4/h`: in the unit that gives 1 or more.
    static func rate(_ perSecond: Double) -> String {
        for (unit, seconds) in [("s", 1.0), ("min", 60)] where perSecond * seconds >= 1 {
            let value = perSecond * seconds
            return value < 10 ? "\((value * 10).rounded() / 10)/\(unit)" : "\(count(Int(value.rounded())))/\(unit)"
        }
        return "\(Int((perSecond * 3_600).rounded()))/h"
    }

    /// Such as `44 bytes` or `11.4 MiB`.
    static func size(_ bytes: Int64) -> String {
        var size = Double(bytes)
        var units = ["bytes", "KiB", "MiB", "GiB", "TiB"][...]
        while size >= 999.5 && units.count > 1 {
            size /= 1_024
            units.removeFirst()
        }
        let isWhole = bytes < 1_000 || size >= 99.95
        let number = isWhole ? "\(Int(size.rounded()))" : "\((size * 10).rounded() / 10)"
        return "\(number) \(units.first ?? "")"
    }

    /// A number with at most one decimal, and none if whole, as coordinates are written.
    static func coordinate(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
