/// What to do about a database that could not be read or written as it should.
///
/// Mostly the disk, the memory or the system in between is at fault, and the file is whole. So nothing here has anybody put
/// another one in its place.
enum DatabaseAdvice {
    /// For what SQLite does not take for a database.
    static func damaged(_ path: String, reason: String) -> String {
        "what was read of the database '\(path)' is damaged (\(reason)). The file may be whole: keep it. \(lookAtDisk); then "
            + lookAtFile(path)
    }

    /// For what the system could not read or write.
    static func failed(_ path: String, reason: String) -> String {
        "reading or writing the database '\(path)' failed (\(reason)). Keep the file. \(lookAtDisk); then "
            + lookAtFile(path)
    }

    static let lookAtDisk = "Look at the disk and at the kernel's log (dmesg, journalctl -k)"

    private static func lookAtFile(_ path: String) -> String { "run kata-ctl check --database '\(path)'" }
}
