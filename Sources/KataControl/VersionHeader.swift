/// The header of every answer of a daemon, by which a client knows that it talks to one.
public enum VersionHeader {
    public static let name = "Kata-Version"
}
