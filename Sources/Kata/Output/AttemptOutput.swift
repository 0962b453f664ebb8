import Synchronization

/// What an attempt that is under way prints. Made with the first byte.
package final class AttemptOutput: Sendable {
    private struct State {
        var buffer: OutputBuffer
        /// Up to which position it is saved.
        var saved = 0
        /// Whether it waits to be saved.
        var isQueued = false
        var endedAt: Timestamp?
        var attemptStartedAt: Timestamp?
        /// Opens with the next change; made by the first who waits for one.
        var change: Latch?
        /// The beginnings of characters that ``text(of:on:)`` has kept back.
        var unfinished: [OutputPiece.Stream: [UInt8]] = [:]
    }

    /// What there is to read.
    package enum Reading {
        case pieces([OutputPiece])
        /// Nothing yet; the latch opens when there may be more.
        case nothing(until: Latch)
        /// Nothing, and no more will come.
        case over
    }

    /// The job that prints.
    package let job: Job.ID
    /// At which attempt the job is.
    package let attempt: Int
    /// When the first byte was printed.
    package let beganAt: Timestamp
    /// Whether what the attempt keeps at its end is only a copy of a part of this.
    package let holdsKept: Bool
    /// Opens when all of it is durable, or never will be.
    package let isSaved = Latch()
    let limits: OutputLimits
    private let consumerID: String
    private let state: Mutex<State>

    init(
        job: Job, consumerID: String, limits: OutputLimits, beganAt: Timestamp, holdsKept: Bool
    ) {
        self.job = job.id
        attempt = job.attempt
        self.consumerID = consumerID
        self.limits = limits
        self.beganAt = beganAt
        self.holdsKept = holdsKept
        state = Mutex(State(buffer: OutputBuffer(limits)))
    }

    /// Takes in bytes, unless the attempt has ended.
    ///
    /// - Returns: whether it has to be queued to be saved.
    func append(_ block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream, at now: Timestamp) -> Bool {
        if block.isEmpty { return false }
        let (isToBeQueued, change) = state.withLock { state -> (Bool, Latch?) in
            if state.endedAt != nil { return (false, nil) }
            state.buffer.append(block, on: stream, at: now)
            defer {
                state.isQueued = true
                state.change = nil
            }
            return (!state.isQueued, state.change)
        }
        change?.open()
        return isToBeQueued
    }

    /// The text of bytes that were printed, for those who look on: with the rest of a character whose beginning came before, and
    /// without one whose rest is still to come.
    func text(of block: UnsafeBufferPointer<UInt8>, on stream: OutputPiece.Stream) -> String {
        state.withLock { state in
            let bytes = (state.unfinished[stream] ?? []) + block
            let whole = bytes.dropLast(bytes.unfinishedScalarLength)
            state.unfinished[stream] = whole.count == bytes.count ? nil : Array(bytes[whole.count...])
            return String(decoding: whole, as: UTF8.self)
        }
    }

    /// Takes in nothing more.
    ///
    /// - Parameter start: when the attempt began, as it is recorded; `nil` if it is not.
    func end(at now: Timestamp, attemptStartedAt start: Timestamp?) {
        let change = state.withLock { state in
            state.endedAt = state.endedAt ?? now
            state.attemptStartedAt = start
            defer { state.change = nil }
            return state.change
        }
        change?.open()
    }

    /// When the attempt began that has ended, as it is recorded; `nil` before, and if it is not recorded.
    package var attemptStartedAt: Timestamp? { state.withLock { $0.attemptStartedAt } }

    /// What there is from a position on.
    ///
    /// - Parameter size: after how many bytes no further piece is taken.
    package func read(from position: Int, size: Int) -> Reading {
        state.withLock { state in
            var pieces = state.buffer.pieces(from: position, size: size)
            let isOver = state.endedAt != nil
            if !isOver, let last = pieces.last, last.end == state.buffer.end {
                // The rest of a character is still to come.
                let whole = last.bytes.count - last.bytes.unfinishedScalarLength
                pieces.removeLast()
                if whole > 0 {
                    pieces.append(
                        OutputPiece(
                            stream: last.stream, position: last.position, printedAt: last.printedAt,
                            bytes: Array(last.bytes.prefix(whole))))
                }
            }
            if !pieces.isEmpty { return .pieces(pieces) }
            if isOver { return .over }
            let change = state.change ?? Latch()
            state.change = change
            return .nothing(until: change)
        }
    }

    /// What is to be saved of an attempt under way; `nil` if it has ended, because its end saves it.
    func takeUpdate() -> OutputUpdate? {
        state.withLock { state in
            state.isQueued = false
            return state.endedAt == nil ? update(of: state) : nil
        }
    }

    /// What is to be saved of an attempt that has ended.
    var lastUpdate: OutputUpdate { state.withLock { update(of: $0) } }

    private func update(of state: State) -> OutputUpdate {
        let buffer = state.buffer
        return OutputUpdate(
            job: job, attempt: attempt, consumerID: consumerID, beganAt: beganAt, endedAt: state.endedAt,
            attemptStartedAt: state.attemptStartedAt, holdsKept: holdsKept, printed: buffer.end, kept: buffer.keptBytes,
            gap: buffer.gap,
            // A piece that has grown since it was saved is written again as a whole.
            pieces: buffer.head.filter { $0.end > state.saved } + buffer.tail.filter { $0.end > state.saved })
    }

    /// Takes in that an update is durable.
    func saved(_ update: OutputUpdate) {
        state.withLock { $0.saved = max($0.saved, update.printed) }
    }
}
