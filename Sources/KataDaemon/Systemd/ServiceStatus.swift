import Kata
import Synchronization

/// Tells the service manager what the daemon is doing, and owns the line that the manager shows of it. Each part of that line
/// is told by whoever knows it, and none of them overwrites another.
final class ServiceStatus: Sendable {
    private enum Phase {
        case starting, running, draining, stoppingAtOnce
    }

    private struct State {
        var phase = Phase.starting
        /// What is run, such as `2 pipelines`.
        var work = ""
        /// When the latest configuration was refused; `nil` if the latest one is in use.
        var refusedAt: Timestamp?
        var outage: StoreOutage?

        /// What says that the daemon works, or works again; nothing once it has said that it ends.
        var ready: [String] {
            switch phase {
            case .starting, .running: ["READY=1"]
            case .draining, .stoppingAtOnce: []
            }
        }

        var line: String {
            var parts: [String] =
                switch phase {
                case .starting: ["Starting"]
                case .running: ["Running \(work)"]
                case .draining: ["Draining"]
                case .stoppingAtOnce: ["Stopping at once"]
                }
            if let outage {
                let results = outage.waiting > 0 ? ", \(counted(outage.waiting, "result")) waiting" : ""
                parts.append("store: \(outage.failure.cause.name) since \(outage.since.iso8601)\(results)")
            }
            if let refusedAt, phase == .running {
                parts.append("a configuration was refused at \(refusedAt.iso8601), the one before it stays")
            }
            return parts.joined(separator: "; ")
        }
    }

    private let notifier: ServiceNotifier
    private let state = Mutex(State())

    init(_ notifier: ServiceNotifier) {
        self.notifier = notifier
    }

    /// Says that the daemon answers, or that a new configuration is in use.
    ///
    /// - Parameter work: what it runs.
    func ready(_ work: String) {
        tell { state in
            state.work = work
            state.refusedAt = nil
            if case .starting = state.phase { state.phase = .running }
            return state.ready
        }
    }

    /// Says that a configuration is being read; ``ready(_:)`` or ``refused(at:)`` follows.
    func reloading() {
        notifier.send(["RELOADING=1", "MONOTONIC_USEC=\(PreciseClock().now.nanoseconds / 1_000)"])
    }

    /// Says that a new configuration was refused.
    func refused(at time: Timestamp) {
        tell { state in
            state.refusedAt = time
            return state.ready
        }
    }

    /// Says that the store takes no writes, or with `nil` that it takes them again.
    func store(_ outage: StoreOutage?) {
        tell { state in
            state.outage = outage
            return []
        }
    }

    /// Says that the daemon drains, after which it ends.
    func draining() {
        tell { state in
            if case .stoppingAtOnce = state.phase { return [] }
            state.phase = .draining
            return ["STOPPING=1"]
        }
    }

    /// Says that the daemon ends without waiting for its jobs.
    func stoppingAtOnce() {
        tell { state in
            state.phase = .stoppingAtOnce
            return ["STOPPING=1"]
        }
    }

    /// Sends the line after a change, with what the change says besides.
    ///
    /// Sent under the lock, so that of two changes the later one is also told later. That never waits.
    private func tell(_ change: (inout State) -> [String]) {
        state.withLock { state in
            let assignments = change(&state)
            notifier.send(assignments + ["STATUS=\(state.line)"])
        }
    }
}
