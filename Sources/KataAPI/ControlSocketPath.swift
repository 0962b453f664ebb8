/// Bounds of the path of the control socket, which daemon and client keep to.
public enum ControlSocketPath {
    /// The longest path in bytes: what the network library takes, less the ending of the temporary name beside the
    /// socket that the daemon binds to first.
    public static let limit = 103 - 4
}
