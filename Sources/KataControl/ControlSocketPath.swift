/// The path of the control socket.
public enum ControlSocketPath {
    /// The longest path in bytes: what the network library takes, less the ending of a temporary name beside it.
    public static let limit = 103 - 4
}
