/// Why a port for the dashboard can't be had.
public struct DashboardPortError: Error, Hashable, CustomStringConvertible {
    /// The port; 0 means any.
    public let port: Int
    /// What the system said.
    public let reason: String

    /// A sentence for people, with what to do.
    public var description: String {
        "port \(port) of this machine can't be used (\(reason)); name another one with --port, or none for any that is free"
    }
}
