import Glibc
import Kata

/// The unique keys of spooled files: `spool DEVICE:INODE CHANGED SIZE`, and after that a sum of the name where the file
/// has several names.
enum SpoolKey {
    /// How the keys of a file begin, whenever it is looked at.
    static func stem(_ identity: FileIdentity) -> String {
        "spool \(identity.device):\(identity.inode) "
    }

    static func make(_ status: stat, name: String) -> String {
        let time = FileTime.change(of: status)
        let key = "\(stem(FileIdentity(status)))\(time.seconds).\(time.nanoseconds) \(status.st_size)"
        return status.st_nlink > 1 ? "\(key) \(checksum(name))" : key
    }

    /// The file that a key is of; `nil` if it is no such key.
    static func identity(in key: String) -> FileIdentity? {
        let parts = key.split(separator: " ")
        guard parts.count >= 4, parts[0] == "spool" else { return nil }
        let numbers = parts[1].split(separator: ":").compactMap { UInt64($0) }
        return numbers.count == 2 ? FileIdentity(device: numbers[0], inode: numbers[1]) : nil
    }

    private static func checksum(_ name: String) -> String {
        var checksum = Checksum()
        Array(name.utf8).withUnsafeBufferPointer { checksum.add($0) }
        return String(checksum.value, radix: 16)
    }
}
