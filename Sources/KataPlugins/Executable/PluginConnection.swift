import CLinux
import Foundation
import Glibc
import Kata
import Synchronization

/// A process and the pipes to it, worked by a thread of its own: it starts the process, writes what it is sent, gives its
/// lines, and hears of its end.
///
/// `@unchecked Sendable`: the outbox is under a lock, and everything else belongs to the thread.
final class PluginConnection: @unchecked Sendable {
    /// What the thread tells; it waits meanwhile.
    struct Events: Sendable {
        /// A line without its line feed.
        let line: @Sendable (UnsafeBufferPointer<UInt8>) -> Void
        let errorLine: @Sendable (String) -> Void
        /// A fault of what comes: a line that is too long, or the end of the output although the process goes on.
        let fault: @Sendable (String) -> Void
        /// The last that is told, with the limit of its control group that was met.
        let end: @Sendable (ProcessEnd.Status, _ metLimit: ControlGroupLimit?) -> Void
    }

    private struct Outbox {
        var bytes: [UInt8] = []
        var closesInput = false
        var signals: [Int32] = []
        /// Whether the thread will look, so that it need not be woken.
        var isRung = false
    }

    private enum Channel: UInt64 {
        case wakeUp, end, input, output, error
    }

    static let lineLimit = 8 << 20
    private static let blockSize = 1 << 16
    /// What a pipe can hold at the most, unless root says otherwise.
    private static let pipeLimit = 1 << 20

    private let events: Events
    private let outbox = Mutex(Outbox())
    private let set: Int32
    private let wakeUp: Int32
    /// `nil` before it is started.
    private var process: StartedProcess?
    private var descriptors: [Channel: Int32] = [:]
    private var pending: ArraySlice<UInt8> = []
    private var isWaitingForRoom = false
    private var closesInput = false
    private var line: [UInt8] = []
    private var errorLines = LineSplitter()
    private var hasEnded = false
    /// Whether its output has ended, which its own end should follow at once.
    private var outputHasEnded = false
    /// How long that may take, in milliseconds.
    private static let endDelay: Int32 = 1_000

    private init(events: Events) {
        self.events = events
        set = clinux_epoll_create()
        wakeUp = clinux_wakeup_create()
        precondition(set >= 0 && wakeUp >= 0, "creating an epoll set failed: \(String(cString: strerror(errno)))")
        clinux_epoll_add(set, wakeUp, EPOLLIN.rawValue, Channel.wakeUp.rawValue)
    }

    deinit {
        Glibc.close(set)
        Glibc.close(wakeUp)
    }

    /// Starts a process, and a thread that lives as long.
    ///
    /// - Throws: ``ProcessLaunchError``; nothing is left then.
    static func start(_ launch: ProcessLaunch, events: Events) async throws -> PluginConnection {
        let connection = PluginConnection(events: events)
        // The kernel kills the process when the thread that started it ends, so that it is this one.
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
            let thread = Thread {
                do {
                    try connection.launch(launch)
                    continuation.resume()
                    connection.run()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            thread.name = "kata-plugin"
            thread.start()
        }
        return connection
    }

    /// Sends bytes, in order.
    func send(_ bytes: [UInt8]) {
        change { $0.bytes += bytes }
    }

    /// Closes its standard input, once it has everything that was sent.
    func closeInput() {
        change { $0.closesInput = true }
    }

    /// Sends a signal to the process and its group.
    func signal(_ number: Int32) {
        change { $0.signals.append(number) }
    }

    private func change(_ body: (inout Outbox) -> Void) {
        let rings = outbox.withLock { outbox in
            body(&outbox)
            defer { outbox.isRung = true }
            return !outbox.isRung
        }
        if rings { clinux_wakeup_ring(wakeUp) }
    }

    private func launch(_ launch: ProcessLaunch) throws {
        clinux_prepare_thread()
        let pipes = try ProcessPipes(launch, input: .stream)
        let started = try pipes.start(launch)
        process = started
        descriptors = [.end: started.descriptor, .output: pipes.output, .error: pipes.error]
        if let input = pipes.input { descriptors[.input] = input }
        for channel in [Channel.end, .output, .error] {
            if let descriptor = descriptors[channel] {
                clinux_epoll_add(set, descriptor, EPOLLIN.rawValue, channel.rawValue)
            }
        }
    }

    private func run() {
        var tokens = [UInt64](repeating: 0, count: 8)
        while !hasEnded {
            let count = clinux_epoll_wait(set, &tokens, Int32(tokens.count), outputHasEnded ? Self.endDelay : -1)
            if count == 0 {
                outputHasEnded = false
                events.fault("closed its standard output")
            }
            for token in tokens.prefix(Int(max(0, count))) where !hasEnded {
                switch Channel(rawValue: token) {
                case .wakeUp: takeOutbox()
                case .input: write()
                case .output: readOutput(blocks: 1)
                case .error: readError(blocks: 1)
                case .end: end()
                case nil: break
                }
            }
        }
    }

    private func takeOutbox() {
        clinux_wakeup_clear(wakeUp)
        let taken = outbox.withLock { outbox in
            defer { outbox = Outbox() }
            return outbox
        }
        pending += taken.bytes
        if taken.closesInput { closesInput = true }
        if !isWaitingForRoom { write() }
        for number in taken.signals {
            process?.signal(number)
            // What is stopped would not hear of it.
            process?.signal(SIGCONT)
        }
    }

    private func write() {
        guard let descriptor = descriptors[.input] else {
            pending = []
            return
        }
        while !pending.isEmpty {
            let count = pending.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                pending.removeFirst(count)
            } else if errno == EAGAIN {
                if !isWaitingForRoom {
                    clinux_epoll_add(set, descriptor, EPOLLOUT.rawValue, Channel.input.rawValue)
                    isWaitingForRoom = true
                }
                return
            } else if errno != EINTR {
                // It reads no more; its end, or the time that it may take, says the rest.
                pending = []
                return close(.input)
            }
        }
        pending = []
        if isWaitingForRoom {
            clinux_epoll_remove(set, descriptor)
            isWaitingForRoom = false
        }
        if closesInput { close(.input) }
    }

    private func readOutput(blocks: Int) {
        let isOpen = read(.output, blocks: blocks) { block in
            var rest = block[...]
            while let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if line.isEmpty {
                    events.line(UnsafeBufferPointer(rebasing: rest[..<lineFeed]))
                } else {
                    line += rest[..<lineFeed]
                    line.withUnsafeBufferPointer(events.line)
                    line.removeAll(keepingCapacity: line.count < Self.blockSize)
                }
                rest = rest[(lineFeed + 1)...]
            }
            if line.count + rest.count > Self.lineLimit {
                line = []
                close(.output)
                events.fault("wrote a line of more than \(Self.lineLimit) bytes")
            } else {
                line += rest
            }
        }
        if !isOpen { outputHasEnded = true }
    }

    private func readError(blocks: Int) {
        _ = read(.error, blocks: blocks) { errorLines.append($0, events.errorLine) }
    }

    /// - Returns: `false` if the other end was closed.
    private func read(_ channel: Channel, blocks: Int, _ take: (UnsafeBufferPointer<UInt8>) -> Void) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockSize) { buffer in
            var blocks = blocks
            while blocks > 0, let descriptor = descriptors[channel] {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 {
                    take(UnsafeBufferPointer(rebasing: buffer[..<count]))
                    blocks -= 1
                } else if count < 0 && errno == EINTR {
                    continue
                } else if count < 0 && errno == EAGAIN {
                    return true
                } else {
                    close(channel)
                    return false
                }
            }
            return true
        }
    }

    private func end() {
        let metLimit = process?.finish()
        hasEnded = true
        // What is in the pipes now is all: whoever escaped from the group can't make us wait for more.
        readOutput(blocks: Self.pipeLimit / Self.blockSize)
        readError(blocks: Self.pipeLimit / Self.blockSize)
        errorLines.finish(events.errorLine)
        var isSignal: Int32 = 0
        var status: Int32 = 0
        let isKnown = descriptors[.end].map { clinux_reap($0, &isSignal, &status) } == 0
        for channel in descriptors.keys { close(channel) }
        events.end(!isKnown ? .unknown : isSignal != 0 ? .killed(signal: status) : .exited(status), metLimit)
    }

    private func close(_ channel: Channel) {
        guard let descriptor = descriptors.removeValue(forKey: channel) else { return }
        clinux_epoll_remove(set, descriptor)
        Glibc.close(descriptor)
    }
}
