import Kata

/// A value of a configuration, written as a literal: `["language": "german", "sizes": [1, 2], "timeout": "30s"]`.
public struct TestSettings: Sendable, Hashable {
    let node: ConfigurationNode

    private init(_ value: ConfigurationNode.Value) {
        node = ConfigurationNode(value, origin: .setting("settings"))
    }
}

extension TestSettings: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A text, or a duration or a rate, without quotes.
    public init(stringLiteral text: String) {
        // As in quotes where it would be read as a number, `true` or nothing otherwise.
        self.init(text.isEmpty ? .text(text) : .scalar(text))
    }
}

extension TestSettings: ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral {
    /// A whole number.
    public init(integerLiteral number: Int) { self.init(.scalar("\(number)")) }
    /// `true` or `false`.
    public init(booleanLiteral isTrue: Bool) { self.init(.scalar("\(isTrue)")) }
    /// A number with a fraction.
    public init(floatLiteral number: Double) { self.init(.scalar("\(number)")) }
}

extension TestSettings: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A list.
    public init(arrayLiteral values: TestSettings...) { self.init(.list(values.map(\.node))) }

    /// A map of keys and values.
    public init(dictionaryLiteral entries: (String, TestSettings)...) {
        self.init(
            .map(
                entries.map { key, value in
                    ConfigurationNode.Entry(key: key, keyOrigin: .setting("settings"), node: value.node)
                }))
    }
}
