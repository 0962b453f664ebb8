extension ConfigurationSection {
    /// Collects the faults of a configuration while its sections are read.
    public final class Report {
        /// In the order in which they were noted, each once, and at most 100.
        public private(set) var faults: [ConfigurationFault] = []
        /// How many faults are kept; more than that are only counted.
        static let limit = 100
        private var omitted = 0

        /// A report without faults.
        public init() {}

        /// Notes a fault, unless the same fault at the same place was noted before.
        ///
        /// - Parameters:
        ///   - message: what is wrong and what was expected.
        ///   - origin: the place that the fault names.
        public func add(_ message: String, at origin: ConfigurationOrigin) {
            let fault = ConfigurationFault(origin: origin, message: message)
            // A value that YAML aliases refer to is read more than once.
            if faults.contains(fault) { return }
            if faults.count < Self.limit { faults.append(fault) } else { omitted += 1 }
        }

        /// - Throws: ``ConfigurationFaults`` if faults were noted, in the order of the file. If there were more than
        ///   100, the last one says how many were left out.
        public func throwIfFaulty() throws {
            var sorted = faults.sorted { $0.origin < $1.origin }
            guard let last = sorted.last else { return }
            if omitted > 0 {
                sorted.append(ConfigurationFault(origin: last.origin, message: "and \(counted(omitted, "more fault"))"))
            }
            throw ConfigurationFaults(sorted)
        }
    }
}
