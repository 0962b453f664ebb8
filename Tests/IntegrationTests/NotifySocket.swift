import Foundation
import KataTestSupport
import Testing

/// The socket on which a service manager listens to its services.
final class NotifySocket: Sendable {
    struct Message: Sendable {
        let text: String

        /// `READY=1` and the like, by name.
        var fields: [String: String] {
            let pairs = text.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1) }
            return Dictionary(
                pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    private let descriptor: Int32

    init(_ name: String) throws {
        descriptor = try UnixAddress(name).bound(type: SOCK_DGRAM)
    }

    deinit { close(descriptor) }

    /// Waits for the next message that has one of these fields. Others are passed over.
    func next(having names: String...) async throws -> Message {
        var message: Message?
        let arrived = try await eventually {
            message = self.receive()
            guard let fields = message?.fields else { return false }
            return names.contains { fields[$0] != nil }
        }
        try #require(arrived, "no message with \(names.joined(separator: " or ")) arrived")
        return try #require(message)
    }

    /// The next message that is there already.
    func receive() -> Message? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return count < 0 ? nil : Message(text: String(decoding: bytes.prefix(count), as: UTF8.self))
    }
}
