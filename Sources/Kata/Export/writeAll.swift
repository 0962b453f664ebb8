import Glibc

/// Writes everything to a descriptor.
///
/// - Throws: ``FileError`` with that name; a part may have been written then.
public func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw FileError(path: name, operation: "write") }
        rest = rest.dropFirst(count)
    }
}
