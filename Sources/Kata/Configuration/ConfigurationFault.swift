/// One fault in a configuration: where it is, what it is, and what was expected.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    public let origin: ConfigurationOrigin
    public let message: String

    public init(origin: ConfigurationOrigin, message: String) {
        self.origin = origin
        self.message = message
    }

    /// One line, as in `kata.yaml:4:17: queue_size is 'ten', expected a whole number from 1 to 1000000`.
    public var description: String {
        "\(origin): \(message)".printable
    }
}

/// Every fault of a configuration, in the order of the file.
public struct ConfigurationFaults: Error, Hashable, Sendable, CustomStringConvertible {
    public let faults: [ConfigurationFault]

    public init(_ faults: [ConfigurationFault]) {
        self.faults = faults
    }

    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
