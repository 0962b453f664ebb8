import Foundation
import Testing

/// The address of a Unix socket; a name that starts with "@" is an abstract one, which has no file.
struct UnixAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    init(_ name: String) throws {
        var bytes = Array(name.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        try #require(bytes.count < capacity, "the name '\(name)' is too long for a socket")
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let size = MemoryLayout<sa_family_t>.size + bytes.count
        length = socklen_t(isAbstract ? size : size + 1)
    }

    /// Binds a new socket to it.
    ///
    /// - Returns: the socket's descriptor, which the caller closes.
    func bound(type: __socket_type) throws -> Int32 {
        let flags = Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, flags, 0)
        try #require(descriptor >= 0)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(code == 0, "cannot bind: \(String(cString: strerror(errno)))")
        return descriptor
    }

    /// Connects a new stream socket to it.
    ///
    /// - Returns: the socket's descriptor, which the caller closes.
    /// - Throws: `POSIXError` if nobody listens.
    func connected() throws -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, flags, 0)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        if code == 0 { return descriptor }
        let reason = errno
        close(descriptor)
        throw POSIXError(POSIXErrorCode(rawValue: reason) ?? .EINVAL)
    }
}
