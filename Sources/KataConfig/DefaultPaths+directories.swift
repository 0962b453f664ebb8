import Foundation
import Kata

/// The directories of a user's own daemon.
extension DefaultPaths {
    /// Makes the directories of the database and of the socket that a user's own daemon has where nothing else is said, for
    /// this user alone.
    ///
    /// - Parameters:
    ///   - database: where the daemon has its database; if that is another place, it is to be there already.
    ///   - socket: where it has its socket, in the same way.
    /// - Throws: ``FileError``.
    public func makeDirectories(forDatabase database: DatabaseLocation, socket: String) throws {
        if database == .file(resolvedPath(self.database)) { try makePrivateDirectory(userStateDirectory) }
        if socket == daemonSocket { try makePrivateDirectory(userRuntimeDirectory) }
    }
}

/// Makes a directory, and those that it is in, for this user alone. One that is there stays as it is.
private func makePrivateDirectory(_ path: String) throws {
    if isDirectory(path) { return }
    let parent = directory(of: path)
    if parent != path { try makePrivateDirectory(parent) }
    // Another process may make it at the same time.
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw FileError(path: path, operation: "create", code: errno) }
}
