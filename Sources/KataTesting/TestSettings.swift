import Kata

/// A value of a configuration, written as a literal: `["language": "german", "sizes": [1, 2], "timeout": "30s"]`.
public struct TestSettings: Sendable, Hashable {
    let node: ConfigurationNode

    private init(_ value: ConfigurationNode.Value) {
        node = ConfigurationNode(value, origin: .setting("settings"))
    }
}

extension TestSettings: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A text, a duration, a rate or the name of a plugin. As in a file, it is for whoever reads it to say what it is: `"3"` is a number
    /// where one is expected. What a file reads as nothing, such as `~`, is a text here.
    public init(stringLiteral text: String) {
        let scalar = ConfigurationNode(.scalar(text), origin: .setting("settings"))
        self.init(scalar.scalarText == nil ? .text(text) : .scalar(text))
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
