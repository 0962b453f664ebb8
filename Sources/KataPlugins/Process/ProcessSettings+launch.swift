extension ProcessSettings {
    /// A process to start with these settings.
    ///
    /// - Parameters:
    ///   - variables: as `NAME=value`, besides what is configured. A `TRACEPARENT` is in the place of one that is, but not of one of `own`.
    ///   - own: variables in the place of those of the same names that are configured, and besides the others.
    func launch(
        _ path: String, _ arguments: [String], variables: [String], replacing own: [String: String] = [:]
    ) -> ProcessLaunch {
        var environment = environment
        if !own.isEmpty {
            environment.removeAll { own[String($0.prefix { $0 != "=" })] != nil }
            environment += own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        }
        let trace = "TRACEPARENT="
        var variables = variables
        if own["TRACEPARENT"] != nil {
            variables.removeAll { $0.hasPrefix(trace) }
        } else if variables.contains(where: { $0.hasPrefix(trace) }) {
            environment.removeAll { $0.hasPrefix(trace) }
        }
        return ProcessLaunch(
            path: path, arguments: arguments, environment: environment + variables, directory: directory,
            identity: identity, limits: limits, groups: groups)
    }
}
