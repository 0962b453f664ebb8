/// The header of every answer of a daemon, by which a client knows that it talks to one.
public enum VersionHeader {
    /// The header's name; its value is the daemon's version.
    public static let name = "Kata-Version"
}
