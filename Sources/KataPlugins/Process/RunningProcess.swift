import CLinux
import Glibc
import Kata

/// A process under way, with the pipes to it. Belongs to the thread of its ``ProcessReactor``.
final class RunningProcess {
    /// The descriptors on which the reactor hears of a process.
    enum Channel: UInt64, CaseIterable {
        case end, input, output, error, reports

        /// How many bits of a token say which channel it is about.
        static let bits: UInt64 = 3
    }

    enum Progress {
        case underWay, over
    }

    private static let blockSize = 1 << 16
    /// How soon the end of a process is to follow the end of its output.
    private static let endDelay = Duration.seconds(1)
    /// How soon a process is to have ended that was killed. One that a device or a network keeps waiting in the kernel may not
    /// end for days.
    private static let killPatience = Duration.seconds(5)

    private let process: StartedProcess
    private let observer: any ProcessObserver
    private let set: EpollSet
    private let token: UInt64
    private var descriptors: [Channel: Int32] = [:]
    /// What is still to be written to its standard input.
    private var pending: ArraySlice<UInt8>
    /// Whether the pipe to its standard input is full.
    private var isWaitingForRoom = false
    /// Whether its standard input is closed once all is written.
    private var closesInput: Bool
    private var wasTerminated = false
    /// When it is killed, if it does not end by itself; `nil` unless it was told to end.
    private var killDeadline: MonotonicInstant?
    /// When it is not waited for any more, because it was killed.
    private var abandonDeadline: MonotonicInstant?
    /// Whether its observer was told that it is not waited for any more. Its number is still to be reaped.
    private var isAbandoned = false
    /// When it is to have ended, because its output has.
    private var endDeadline: MonotonicInstant?

    /// Starts the process, and begins to hear of it.
    ///
    /// - Throws: ``ProcessLaunchError``; nothing is left then.
    init(
        _ launch: ProcessLaunch, input: ProcessPipes.Input, set: EpollSet, token: UInt64,
        _ observer: any ProcessObserver
    ) throws {
        self.observer = observer
        self.set = set
        self.token = token
        let pipes = try ProcessPipes(launch, input: input)
        switch input {
        case .nothing: (pending, closesInput) = ([], true)
        case .bytes(let bytes): (pending, closesInput) = (bytes.dropFirst(pipes.written), true)
        case .stream: (pending, closesInput) = ([], false)
        }
        process = try pipes.start(launch)
        descriptors = [.end: process.descriptor, .output: pipes.output, .error: pipes.error]
        if let input = pipes.input { descriptors[.input] = input }
        if let reports = pipes.reports { descriptors[.reports] = reports }
        let isHeard = [Channel.end, .output, .error, .reports].allSatisfy { listen(to: $0, EPOLLIN) }
        if isHeard && (pending.isEmpty || waitForRoom()) { return }
        let code = errno
        discard()
        throw ProcessLaunchError(launch, code: code)
    }

    /// Ends a process that can't be heard.
    private func discard() {
        process.signal(SIGKILL)
        _ = process.finish()
        var isSignal: Int32 = 0
        var status: Int32 = 0
        // After SIGKILL this takes no time to speak of.
        if let end = descriptors[.end] { _ = clinux_reap(end, &isSignal, &status, nil) }
        OrphanReaper.shared.forget(process.number)
        for channel in Channel.allCases { close(channel) }
    }

    /// Takes in what there is on a channel.
    func handle(_ channel: Channel) -> Progress {
        switch channel {
        case .input: write()
        // Other processes have their turn, too; what is left makes another event.
        case .output, .error, .reports: read(channel, upTo: Self.blockSize)
        case .end:
            end()
            return .over
        }
        return .underWay
    }

    /// Writes bytes to its standard input, after those that wait for room.
    func send(_ bytes: [UInt8]) {
        pending += bytes
        if !isWaitingForRoom { write() }
    }

    /// Closes its standard input, once it has everything that was sent.
    func closeInput() {
        closesInput = true
        if !isWaitingForRoom { write() }
    }

    /// Sends a signal to it and to what it started.
    func signal(_ number: Int32) {
        process.signal(number)
        if number == SIGKILL { return expectEnd() }
        // A process that is stopped would not take the signal.
        process.signal(SIGCONT)
    }

    /// Tells it, and what it started, to end.
    func terminate(killAt deadline: MonotonicInstant) {
        // What has ended already has ended by itself.
        if wasTerminated || descriptors[.end].map({ clinux_has_ended($0) }) != 0 { return }
        wasTerminated = true
        killDeadline = deadline
        signal(SIGTERM)
    }

    /// When ``handleDeadlines(at:)`` has something to do.
    var nextDeadline: MonotonicInstant? {
        // Without a list of them, because this is asked for each process.
        var first = killDeadline
        if let deadline = abandonDeadline { first = min(first ?? deadline, deadline) }
        if let deadline = endDeadline { first = min(first ?? deadline, deadline) }
        return first
    }

    func handleDeadlines(at now: MonotonicInstant) {
        if let deadline = killDeadline, deadline <= now {
            killDeadline = nil
            process.signal(SIGKILL)
            expectEnd()
        }
        if let deadline = abandonDeadline, deadline <= now { abandon() }
        if let deadline = endDeadline, deadline <= now {
            endDeadline = nil
            observer.outputWasClosed()
        }
    }

    private func expectEnd() {
        if abandonDeadline == nil && !isAbandoned {
            abandonDeadline = PreciseClock().now.advanced(by: Self.killPatience)
        }
    }

    /// Waits for its end no more, as far as its observer is concerned. What it has in the kernel may still come to an end.
    private func abandon() {
        abandonDeadline = nil
        endDeadline = nil
        isAbandoned = true
        for channel in [Channel.input, .output, .error, .reports] { close(channel) }
        observer.ended(
            ProcessEnd(
                status: .unkillable(process: process.number), metLimit: nil, wasTerminated: wasTerminated))
    }

    private func write() {
        guard let descriptor = descriptors[.input] else {
            pending = []
            return
        }
        while !pending.isEmpty {
            let count = pending.withUnsafeBytes { bytes in
                retryingInterrupted { Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
            }
            if count > 0 {
                pending.removeFirst(count)
            } else if errno == EAGAIN {
                if waitForRoom() { return }
                // Without memory to hear of it, there is none that could be waited for.
                pending = []
                return close(.input)
            } else {
                // The process reads no more, which is for it to decide.
                pending = []
                return close(.input)
            }
        }
        pending = []
        if isWaitingForRoom {
            set.remove(descriptor)
            isWaitingForRoom = false
        }
        if closesInput { close(.input) }
    }

    /// - Returns: `false` if there was no memory for that; `errno` says so.
    private func waitForRoom() -> Bool {
        if !isWaitingForRoom { isWaitingForRoom = listen(to: .input, EPOLLOUT) }
        return isWaitingForRoom
    }

    private func read(_ channel: Channel, upTo limit: Int) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.blockSize) { buffer in
            var left = limit
            while left > 0, let descriptor = descriptors[channel] {
                let size = min(left, buffer.count)
                let count = retryingInterrupted { Glibc.read(descriptor, buffer.baseAddress, size) }
                if count < 0 && errno == EAGAIN { return }
                if count <= 0 { return readEnd(of: channel) }
                let block = UnsafeBufferPointer(rebasing: buffer[..<count])
                switch channel {
                case .output: observer.output(block)
                case .reports: observer.report(block)
                case .error, .input, .end: observer.error(block)
                }
                left -= count
            }
        }
    }

    /// Reads what is on a channel now.
    private func readRest(of channel: Channel) {
        guard let descriptor = descriptors[channel] else { return }
        read(channel, upTo: Int(clinux_pipe_content(descriptor)))
    }

    private func readEnd(of channel: Channel) {
        close(channel)
        if channel == .output { endDeadline = PreciseClock().now.advanced(by: Self.endDelay) }
    }

    private func end() {
        let group = process.finish()
        // What is in the pipes now is all: a process that escaped from the group can't make us read on for ever.
        readRest(of: .output)
        readRest(of: .error)
        readRest(of: .reports)
        var usage = clinux_usage()
        var isSignal: Int32 = 0
        var status: Int32 = 0
        let isKnown = descriptors[.end].map { clinux_reap($0, &isSignal, &status, &usage) } == 0
        OrphanReaper.shared.forget(process.number)
        for channel in Channel.allCases { close(channel) }
        if isAbandoned { return }
        observer.ended(
            ProcessEnd(
                status: !isKnown ? .unknown : isSignal != 0 ? .killed(signal: status) : .exited(status),
                metLimit: group?.metLimit, wasTerminated: wasTerminated,
                cost: isKnown ? JobCost(usage, floor: process.memoryFloor, groupPeak: group?.peakMemory) : nil))
    }

    /// - Returns: whether there was memory for that; `errno` says why not.
    private func listen(to channel: Channel, _ events: EPOLL_EVENTS) -> Bool {
        guard let descriptor = descriptors[channel] else { return true }
        return set.add(descriptor, events, token: token << Channel.bits | channel.rawValue)
    }

    private func close(_ channel: Channel) {
        guard let descriptor = descriptors.removeValue(forKey: channel) else { return }
        set.remove(descriptor)
        Glibc.close(descriptor)
    }
}

extension JobCost {
    /// - Parameters:
    ///   - floor: a peak of no more than that is none that the process is known to have had.
    ///   - groupPeak: that of its control group, which knows of all that the process has started.
    fileprivate init(_ usage: clinux_usage, floor: Int64, groupPeak: Int64?) {
        // The kernel's own figures are a little out of date, each by something else.
        let isKnown = usage.peak_memory > floor + floor / 16
        self.init(
            userTime: .microseconds(usage.user_time), systemTime: .microseconds(usage.system_time),
            peakMemory: groupPeak ?? (isKnown ? usage.peak_memory : nil))
    }
}
