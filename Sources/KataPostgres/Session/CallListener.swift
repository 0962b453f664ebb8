import Glibc
import Kata
import Synchronization

/// Hears when another node says that there is news, on a connection and a thread of its own. Behind a pool of connections nothing may be
/// heard, which shows when not even this node's own calls are.
final class CallListener: Sendable {
    private let settings: PostgresSettings
    private let channel: String
    private let event = AutoResetEvent()
    private let state = Mutex(State())
    private let isClosed = Atomic(false)
    /// How long the thread waits before it looks whether it is to end.
    private static let slice = Duration.milliseconds(200)
    private static let pause = Duration.seconds(1)

    private struct State {
        var areHeard = false
        /// The session whose calls are this node's own.
        var own: Int64 = 0
    }

    /// - Throws: `SystemShortage` if there is no room for the thread.
    init(_ settings: PostgresSettings) throws {
        self.settings = settings
        channel = "kata_\(Self.hash(settings.schema))"
        try startThread(named: "kata-listen") { [self] in
            while !isClosed.load(ordering: .relaxed) {
                try? listen()
                state.withLock { $0.areHeard = false }
                // Whoever waits has to look by itself from here on.
                event.set()
                pauseAfterFailure()
            }
        }
    }

    /// Whether calls come through.
    var areHeard: Bool { state.withLock { $0.areHeard } }

    /// Waits for the next call.
    ///
    /// - Returns: `false`, at once, if calls don't come through.
    /// - Throws: `CancellationError`.
    func wait() async throws -> Bool {
        if !areHeard { return false }
        try await event.wait()
        return areHeard
    }

    /// Calls the others. That it may get lost is no matter: they look now and then without it.
    func call(on connection: PostgresConnection, from session: Int64) {
        state.withLock { $0.own = session }
        let call = [
            PostgresStatement("BEGIN"),
            // What it tells of is durable already.
            PostgresStatement(
                "SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)",
                [.text(channel), .text(String(session))]),
            PostgresStatement("COMMIT"),
        ]
        do {
            try connection.send(call)
        } catch {
            _ = try? connection.send([PostgresStatement("ROLLBACK")])
        }
    }

    func close() {
        isClosed.store(true, ordering: .relaxed)
    }

    private func listen() throws {
        let connection = try PostgresConnection(settings)
        try connection.send([PostgresStatement("LISTEN \(channel)")])
        while !isClosed.load(ordering: .relaxed) {
            let calls = try connection.notifications(within: Self.slice)
            if calls.isEmpty { continue }
            let isNews = state.withLock { state in
                defer { state.areHeard = true }
                return !state.areHeard || calls.contains { $0 != String(state.own) }
            }
            if isNews { event.set() }
        }
    }

    private func pauseAfterFailure() {
        if isClosed.load(ordering: .relaxed) { return }
        var time = timespec(tv_sec: Int(Self.pause.seconds), tv_nsec: 0)
        nanosleep(&time, nil)
    }

    /// The names of channels are shorter than those of schemas may be.
    private static func hash(_ text: String) -> String {
        String(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
    }
}
