import Foundation
import Glibc
import KataTestSupport
import Testing

@testable import Kata
@testable import KataDaemon

/// What a service manager is told, seen on its socket.
@Suite("The status line of the service", .timeLimit(.minutes(20)))
struct ServiceStatusTests {
    private let time = Timestamp(milliseconds: 0)

    @Test("has what each part last said, and none overwrites another")
    func composed() throws {
        let manager = try Manager()
        let status = ServiceStatus(manager.notifier)
        status.ready("2 pipelines")
        #expect(manager.receive() == "READY=1\nSTATUS=Running 2 pipelines")

        status.store(StoreOutage(failure: .init(.full, ""), since: time, waiting: 17))
        #expect(
            manager.receive()
                == "STATUS=Running 2 pipelines; store: full since 1970-01-01T00:00:00.000Z, 17 results waiting")
        status.draining()
        #expect(
            manager.receive()
                == "STOPPING=1\nSTATUS=Draining; store: full since 1970-01-01T00:00:00.000Z, 17 results waiting")
        status.store(nil)
        #expect(manager.receive() == "STATUS=Draining")
        status.stoppingAtOnce()
        #expect(manager.receive() == "STOPPING=1\nSTATUS=Stopping at once")
    }

    @Test("says that a configuration was refused, until one is taken")
    func refused() throws {
        let manager = try Manager()
        let status = ServiceStatus(manager.notifier)
        status.ready("1 pipeline")
        status.refused(at: time)
        status.ready("3 pipelines")
        #expect(manager.receive() == "READY=1\nSTATUS=Running 1 pipeline")
        #expect(
            manager.receive()
                == "READY=1\nSTATUS=Running 1 pipeline; a configuration was refused at 1970-01-01T00:00:00.000Z, the one before it stays"
        )
        #expect(manager.receive() == "READY=1\nSTATUS=Running 3 pipelines")
    }

    @Test("does not say that the daemon works once it has said that it ends")
    func reloadWhileDraining() throws {
        let manager = try Manager()
        let status = ServiceStatus(manager.notifier)
        status.ready("1 pipeline")
        status.draining()
        status.ready("2 pipelines")
        status.refused(at: time)
        #expect(manager.receive() == "READY=1\nSTATUS=Running 1 pipeline")
        #expect(manager.receive() == "STOPPING=1\nSTATUS=Draining")
        #expect(manager.receive() == "STATUS=Draining")
        #expect(manager.receive() == "STATUS=Draining")
    }

    @Test("is followed by requests for more time as long as work goes on that blocks")
    func moreTime() throws {
        let manager = try Manager()
        let message: String = manager.notifier.extendingTimeout {
            while true { if let message = manager.receive() { return message } }
        }
        #expect(message.hasPrefix("EXTEND_TIMEOUT_USEC="))
    }
}

/// The socket of a service manager.
private final class Manager: Sendable {
    let notifier: ServiceNotifier
    private let descriptor: Int32

    init() throws {
        let name = "@kata-status-\(UUID().uuidString)"
        notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": name])
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        bytes[0] = 0
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(code == 0)
    }

    deinit { close(descriptor) }

    /// The next message; `nil` if none has arrived. One that was sent has arrived.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
