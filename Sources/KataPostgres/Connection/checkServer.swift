import Kata

/// Looks whether a server and its database are what is needed.
///
/// - Throws: ``PostgresOpenError/unfit(_:reason:)``; ``PostgresError``.
func checkServer(_ connection: PostgresConnection) throws {
    let (encoding, version) = try connection.send([
        PostgresStatement("SELECT current_setting('server_encoding'), current_setting('server_version_num')::bigint")
    ])[0].rows { ($0.text(0), $0.integer(1)) }[0]
    let address = connection.settings.address.shown
    if encoding != "UTF8" {
        throw PostgresOpenError.unfit(
            address, reason: "its encoding is \(encoding), expected UTF8; create one with ENCODING 'UTF8'")
    }
    if version < 140_000 {
        throw PostgresOpenError.unfit(
            address, reason: "its server is PostgreSQL \(version / 10_000), expected 14 or later")
    }
}
