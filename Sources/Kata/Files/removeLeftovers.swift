import CLinux
import Glibc
package import Logging

/// Removes what killed processes have left unfinished in these directories, see ``removeLeftovers(in:)``, and says so in the log.
/// The directories may be large, so nothing waits for that. Without room for a thread it is left to the next start.
package func removeLeftoversInBackground(in directories: [String], logger: Logger) {
    do {
        try startThread(named: "kata-clean") {
            for directory in directories {
                let removed = removeLeftovers(in: directory)
                if removed.isEmpty { continue }
                logger.notice(
                    "unfinished files of a killed process were removed",
                    metadata: ["directory": "\(directory)", "files": "\(removed.count)"])
            }
        }
    } catch {
        logger.warning("unfinished files of a killed process are left for now", metadata: ["error": "\(error)"])
    }
}

/// Removes the unfinished files that processes of this user have left in a directory because they were killed: regular
/// files under names that ``makeTemporaryName()`` makes. One that a process has open for writing, or has locked, stays. A
/// directory that can't be read is left as it is.
///
/// Blocks, for as long as the directory is large.
///
/// - Returns: the names of the files that were removed.
@discardableResult
package func removeLeftovers(in directory: String) -> [String] {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    // From here on the stream owns the descriptor.
    guard let stream = fdopendir(descriptor) else {
        close(descriptor)
        return []
    }
    defer { closedir(stream) }
    var removed: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if isTemporaryName(name), isLeftover(name, in: descriptor), unlinkat(descriptor, name, 0) == 0 {
            removed.append(name)
        }
    }
    return removed
}

/// Whether nobody will miss the file. Whoever writes one keeps it open until it has its name.
private func isLeftover(_ name: String, in directory: Int32) -> Bool {
    let file = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return false }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
        return false
    }
    // Where the system does not tell who writes, nothing is removed.
    return clinux_is_being_written(file) == 0 && flock(file, LOCK_EX | LOCK_NB) == 0
}
