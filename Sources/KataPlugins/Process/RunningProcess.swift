import CLinux
import Glibc
import Kata

/// A process under way, with the pipes to it. Belongs to the thread of its ``ProcessReactor``.
final class RunningProcess {
    /// The ways in which the reactor hears of it.
    enum Channel: UInt64, CaseIterable {
        case end, input, output, error
    }

    private static let blockSize = 1 << 16
    /// What a pipe can hold at the most, unless root says otherwise.
    private static let pipeLimit = 1 << 20

    private let process: StartedProcess
    private var descriptors: [Channel: Int32] = [:]
    private var input: ArraySlice<UInt8>
    private var output: BoundedText
    private var lines = LineSplitter()
    private var lastWords = LastWords()
    private let onErrorLine: @Sendable (String) -> Void
    private var isEnding = false
    private(set) var wasTerminated = false
    /// When it is killed, if it does not end by itself.
    private(set) var killDeadline: PreciseClock.Instant?

    /// Starts the process.
    ///
    /// - Parameter input: what it reads; `nil` means nothing, from /dev/null.
    /// - Throws: ``ProcessLaunchError``; nothing is left then.
    init(
        _ launch: ProcessLaunch, input: [UInt8]?, outputLimit: Int, onErrorLine: @escaping @Sendable (String) -> Void
    ) throws {
        self.onErrorLine = onErrorLine
        output = BoundedText(limit: outputLimit)
        let pipes = try ProcessPipes(launch, input: input.map { .bytes($0[...]) } ?? .nothing)
        self.input = (input ?? []).dropFirst(pipes.written)
        process = try pipes.start(launch)
        descriptors = [.end: process.descriptor, .output: pipes.output, .error: pipes.error]
        if let input = pipes.input { descriptors[.input] = input }
    }

    /// Begins to hear of it.
    func register(in set: Int32, token: UInt64) {
        for (channel, descriptor) in descriptors {
            let events = channel == .input ? EPOLLOUT.rawValue : EPOLLIN.rawValue
            clinux_epoll_add(set, descriptor, events, token << 2 | channel.rawValue)
        }
    }

    /// Takes in what there is on a channel.
    ///
    /// - Returns: how it ended, if it has.
    func handle(_ channel: Channel, set: Int32) -> ProcessEnd? {
        switch channel {
        case .input: writeInput(set)
        case .output, .error: read(channel, set)
        case .end: return end(set)
        }
        return nil
    }

    /// Tells it, and what it started, to end.
    func terminate(killAt deadline: PreciseClock.Instant) {
        // What has ended already has ended by itself.
        if wasTerminated || descriptors[.end].map({ clinux_has_ended($0) }) != 0 { return }
        wasTerminated = true
        killDeadline = deadline
        process.signal(SIGTERM)
        // What is stopped would not hear of it.
        process.signal(SIGCONT)
    }

    /// Ends it, and what it started.
    func killNow() {
        killDeadline = nil
        process.signal(SIGKILL)
    }

    private func writeInput(_ set: Int32) {
        guard let descriptor = descriptors[.input] else { return }
        while !input.isEmpty {
            let count = input.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                input.removeFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                // It does not want to read; that is for it to decide.
                break
            }
        }
        input = []
        close(.input, set)
    }

    private func read(_ channel: Channel, _ set: Int32) {
        guard let descriptor = descriptors[channel] else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockSize) { buffer in
            // Others have their turn, too; there will be another event. At the end there is none, but a pipe holds no more.
            var blocks = isEnding ? Self.pipeLimit / Self.blockSize : 1
            while blocks > 0 {
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 {
                    take(UnsafeBufferPointer(rebasing: buffer[..<count]), from: channel)
                    blocks -= 1
                } else if count < 0 && errno == EINTR {
                    continue
                } else {
                    if count == 0 || errno != EAGAIN { close(channel, set) }
                    return
                }
            }
        }
    }

    private func take(_ block: UnsafeBufferPointer<UInt8>, from channel: Channel) {
        if channel == .output { return output.append(block) }
        lines.append(block, noteErrorLine)
    }

    private func noteErrorLine(_ line: String) {
        lastWords.add(line)
        onErrorLine(line)
    }

    private func end(_ set: Int32) -> ProcessEnd {
        let metLimit = process.finish()
        // What is in the pipes now is all: whoever escaped from the group can't make us wait for more.
        isEnding = true
        read(.output, set)
        read(.error, set)
        lines.finish(noteErrorLine)
        var isSignal: Int32 = 0
        var status: Int32 = 0
        let isKnown = descriptors[.end].map { clinux_reap($0, &isSignal, &status) } == 0
        for channel in Channel.allCases { close(channel, set) }
        return ProcessEnd(
            status: !isKnown ? .unknown : isSignal != 0 ? .killed(signal: status) : .exited(status),
            output: output.text,
            omittedOutput: output.omitted,
            lastErrorLine: lastWords.line,
            metLimit: metLimit,
            wasTerminated: wasTerminated
        )
    }

    private func close(_ channel: Channel, _ set: Int32) {
        guard let descriptor = descriptors.removeValue(forKey: channel) else { return }
        // Before it is closed: a process that is just being started may have a copy, and events would go on.
        clinux_epoll_remove(set, descriptor)
        Glibc.close(descriptor)
    }
}
