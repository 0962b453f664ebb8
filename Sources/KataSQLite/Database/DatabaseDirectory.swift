import Glibc
import Kata

/// Checks that nobody but the daemon's user and group can put files in the place of a database's, or remove them: who may
/// write its directory. A directory with the sticky bit, such as `/tmp`, is one where others can't; what they may put there
/// beforehand is looked at by itself.
///
/// - Throws: ``SQLiteOpenError/directoryWritableByOthers(directory:mode:)``.
public func checkDirectory(ofDatabase path: String) throws {
    let directory = directoryPath(of: path)
    var status = stat()
    // What is not there can't hold a database, which whoever creates it will find.
    guard stat(directory, &status) == 0, status.st_mode & S_ISVTX == 0 else { return }
    let name = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    if status.st_mode & S_IWOTH != 0 {
        throw SQLiteOpenError.directoryWritableByOthers(directory: name, mode: "o-w")
    }
    // A group of one's own, with a umask of 002, is how many systems set up their users.
    if status.st_mode & S_IWGRP != 0 && status.st_gid != getegid() {
        throw SQLiteOpenError.directoryWritableByOthers(directory: name, mode: "g-w")
    }
}
