import Glibc

/// Writes everything to a descriptor.
///
/// - Throws: ``FileError``, which calls the file by `name`; a part may have been written then.
public func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { bytes in
            retryingInterrupted { write(descriptor, bytes.baseAddress, bytes.count) }
        }
        if count < 0 { throw FileError(path: name, operation: "write") }
        rest = rest.dropFirst(count)
    }
}
