import Glibc
import Kata

@testable import KataPlugins

/// The processes of a plugin, and the reactor that they hang on, as far as a daemon sees them.
final class SimulatedProcesses {
    private struct Running {
        let observer: any ProcessObserver
        /// Whether it never says hello.
        let isMute: Bool
        /// Whether only a kill ends it.
        let isStubborn: Bool
        var saidHello = false
        var open: [UInt64] = []
        var isToEnd = false
    }

    private var processes: [UInt64: Running] = [:]
    private let mailbox: ReactorMailbox
    private let chance: Chance
    /// How likely it is that a process ends by itself, each time that it could do something.
    private let deathProbability: Double
    private let muteProbability: Double
    private(set) var started = 0

    init(_ mailbox: ReactorMailbox, _ chance: Chance) {
        self.mailbox = mailbox
        self.chance = chance
        deathProbability = chance.pick([0, 0.02, 0.2])
        muteProbability = chance.pick([0, 0.2])
    }

    /// How many processes have not ended.
    var count: Int { processes.count }

    /// Does what the daemon has asked for, in order.
    ///
    /// - Returns: whether there was anything.
    func takeRequests() -> Bool {
        let requests = mailbox.take()
        for request in requests { take(request) }
        return !requests.isEmpty
    }

    private func take(_ request: ReactorMailbox.Request) {
        switch request {
        case .start(let token, let launch, _, let observer):
            started += 1
            if chance.happens(0.05) {
                observer().notStarted(ProcessLaunchError(launch, code: EAGAIN))
            } else {
                processes[token] = Running(
                    observer: observer(), isMute: chance.happens(muteProbability), isStubborn: chance.happens(0.2))
            }
        case .write(let token, let bytes): read(String(decoding: bytes, as: UTF8.self), token)
        case .closeInput(let token): processes[token]?.isToEnd = true
        case .signal(let token, SIGKILL): end(token, .killed(signal: SIGKILL))
        case .signal(let token, _), .terminate(let token, _):
            if processes[token]?.isStubborn == false { end(token, .killed(signal: SIGTERM)) }
        case .answer(let answer): answer()
        case .stop: break
        }
    }

    private func read(_ message: String, _ token: UInt64) {
        guard message.contains("\"job\""), let id = message.firstMatch(of: /"id": ?(\d+)/)?.output.1 else { return }
        if let id = UInt64(id) { processes[token]?.open.append(id) }
    }

    /// Has one of the processes do something.
    ///
    /// - Returns: whether one did.
    func act() -> Bool {
        for token in processes.keys.sorted() {
            guard let process = processes[token], chance.happens(0.5) else { continue }
            if chance.happens(deathProbability) {
                end(token, .exited(1))
            } else if process.isToEnd && process.open.isEmpty && !process.isStubborn {
                end(token, .exited(0))
            } else if !process.saidHello && !process.isMute {
                processes[token]?.saidHello = true
                write(#"{"type": "hello", "protocol": 1, "kind": "handler", "concurrency": 2}"#, process)
            } else if process.saidHello, !process.open.isEmpty {
                processes[token]?.open.removeFirst()
                write(#"{"type": "done", "id": \#(process.open[0])}"#, process)
            } else {
                continue
            }
            return true
        }
        return false
    }

    private func write(_ message: String, _ process: Running) {
        Array((message + "\n").utf8).withUnsafeBufferPointer(process.observer.output)
    }

    private func end(_ token: UInt64, _ status: ProcessEnd.Status) {
        guard let process = processes.removeValue(forKey: token) else { return }
        process.observer.ended(ProcessEnd(status: status, metLimit: nil, wasTerminated: false))
    }
}
