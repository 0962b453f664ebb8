import Kata
import KataCommand

/// Checks that a database is a file, which is all that some commands can do something with.
///
/// - Parameter tool: what does the same for PostgreSQL.
/// - Throws: `UsageError`.
func checkIsFile(_ database: String, insteadUse tool: String) throws {
    if let address = PostgresAddress(database) {
        throw UsageError("'\(address.shown)' is a PostgreSQL database; use \(tool)")
    }
}
