import Kata

/// Numbers as pages show them.
package enum Words {
    /// Such as `184 ms`, `1.9 s`, `2 min 10 s`, `1 h 5 min`, `3 d 4 h`.
    package static func duration(_ seconds: Double) -> String { ShortDuration.text(seconds, .spaced) }

    /// The same in whole seconds.
    package static func age(_ seconds: Double) -> String { ShortDuration.age(seconds, .spaced) }

    /// Such as `48,394`.
    package static func count(_ number: Int) -> String {
        var digits = String(number.magnitude)[...]
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// Such as `2.1/s`, `40/min` or `4/h`: in the unit that gives 1 or more.
    package static func rate(_ perSecond: Double) -> String {
        for (unit, seconds) in [("s", 1.0), ("min", 60)] where perSecond * seconds >= 1 {
            let value = perSecond * seconds
            return value < 10 ? "\((value * 10).rounded() / 10)/\(unit)" : "\(count(Int(value.rounded())))/\(unit)"
        }
        return "\(Int((perSecond * 3_600).rounded()))/h"
    }

    /// A number with at most one decimal, and none if whole, as coordinates are written.
    package static func coordinate(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
