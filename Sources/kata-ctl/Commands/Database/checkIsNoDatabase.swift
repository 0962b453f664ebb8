import KataCommand
import KataSQLite

/// Checks that a file that is to be written is no database, and none of the files beside one.
///
/// - Throws: ``UsageError``.
func checkIsNoDatabase(_ path: String) throws {
    if DatabaseFiles.contain(path) {
        throw UsageError("'\(path)' is a database, or belongs to one; name another file")
    }
}
