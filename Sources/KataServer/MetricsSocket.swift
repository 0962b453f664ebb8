import Glibc
package import Kata

/// A socket that listens on an address of this machine.
public struct MetricsSocket: Sendable {
    /// Why it can't be had.
    public struct Failure: Error, CustomStringConvertible {
        /// Where it was to listen.
        public let place: String
        /// What the system said.
        public let code: Int32

        /// A sentence for people, with what to do.
        public var description: String {
            "cannot listen on \(place) for metrics: \(String(cString: strerror(code))); name another port in 'metrics: { listen: … }'"
        }
    }

    let descriptor: Int32
    let place: String
    private static let backlog: Int32 = 64

    /// Listens from here on.
    ///
    /// - Throws: ``Failure``.
    package init(address: InternetAddress, port: Int) throws {
        let isLong = address.bytes.count == 16
        place = isLong ? "[\(address)]:\(port)" : "\(address):\(port)"
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = socket(isLong ? AF_INET6 : AF_INET, type, 0)
        if descriptor < 0 { throw Failure(place: place, code: errno) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let isBound = isLong ? bindLong(address, port) : bindShort(address, port)
        guard isBound, listen(descriptor, Self.backlog) == 0 else {
            let code = errno
            close(descriptor)
            throw Failure(place: place, code: code)
        }
    }

    private func bindShort(_ address: InternetAddress, _ port: Int) -> Bool {
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = in_port_t(port).bigEndian
        withUnsafeMutableBytes(of: &place.sin_addr) { $0.copyBytes(from: address.bytes) }
        return bind(to: &place)
    }

    private func bindLong(_ address: InternetAddress, _ port: Int) -> Bool {
        var place = sockaddr_in6()
        place.sin6_family = sa_family_t(AF_INET6)
        place.sin6_port = in_port_t(port).bigEndian
        withUnsafeMutableBytes(of: &place.sin6_addr) { $0.copyBytes(from: address.bytes) }
        return bind(to: &place)
    }

    private func bind<Address>(to place: inout Address) -> Bool {
        withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0
            }
        }
    }
}
