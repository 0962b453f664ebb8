/// One fault in a configuration: where it is, what it is, and what was expected.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where the faulty value stands, or the section that lacks it.
    public let origin: ConfigurationOrigin
    /// What is wrong and what was expected, as a sentence without the place. May quote text of the file as it is.
    public let message: String

    /// How much of a message is kept, in Unicode scalars. A configuration may hold a megabyte in one word.
    private static let messageLimit = 2_000

    /// - Parameters:
    ///   - origin: the place that the fault names.
    ///   - message: a sentence such as `queue_size is 'ten', expected a whole number from 1 to 1000000`. What is longer than
    ///     2,000 Unicode scalars is cut off.
    public init(origin: ConfigurationOrigin, message: String) {
        self.origin = origin
        self.message = message.shortened(to: Self.messageLimit)
    }

    /// One line, as in `kata.yaml:4:17: queue_size is 'ten', expected a whole number from 1 to 1000000`.
    public var description: String {
        "\(origin): \(message)".printable
    }
}

/// The faults of a configuration, in the order of the file.
public struct ConfigurationFaults: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order given to the initializer; never empty where the error is thrown.
    public let faults: [ConfigurationFault]

    /// Keeps the faults in the order given.
    public init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    /// One line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
