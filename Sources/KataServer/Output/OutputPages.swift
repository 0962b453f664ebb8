import Kata
import KataAPI
import ServiceLifecycle

/// The output of a job, as it is now or until the job is finished.
///
/// Nothing is held for a client but the page that it is being sent: the next one is read from where the client is, and what is
/// not kept any more by then is left out.
struct OutputPages: HTTPBodyPages {
    /// After how many bytes no further piece is added to a page.
    private static let pageSize = 1 << 15
    /// How long is waited for more after there was something, so that a flood is sent in few pages.
    private static let pause = Duration.milliseconds(20)
    /// How soon is looked whether a job has ended that prints nothing: ever more rarely.
    private static let checks = Duration.milliseconds(20)...Duration.milliseconds(400)

    private let query: OutputQuery
    private let records: any JobStoreReader
    private let live: LiveOutputs
    private let clock: any MonotonicClock
    private var entries: OutputEntries
    private var current: OutputEntry?
    /// Up to where the current entry was read.
    private var position = 0
    /// From where to go on, until that place is found.
    private var after: OutputMark?
    private var text: OutputText
    private var check = checks.lowerBound
    /// Whether the daemon ends: what is there is sent, and nothing is waited for.
    private var isClosing = false
    private(set) var isAtEnd = false

    let patience: Duration?

    /// - Parameter patience: how long a client may take for a page.
    init(
        _ query: OutputQuery, records: any JobStoreReader, live: LiveOutputs, clock: any MonotonicClock,
        patience: Duration
    ) {
        self.query = query
        self.records = records
        self.live = live
        self.clock = clock
        self.patience = patience
        after = query.after
        text = OutputText(query)
        entries = OutputEntries(job: query.job, records: records, live: live)
    }

    mutating func farewell() -> [UInt8] { text.farewell(after: patience ?? .zero) }

    /// - Throws: what the store threw; `CancellationError`, also if the daemon ends before the job.
    mutating func next() async throws -> [UInt8]? {
        if isAtEnd { return nil }
        while true {
            let page = try await step()
            if let page, !page.isEmpty {
                check = Self.checks.lowerBound
                return page
            }
            if isAtEnd { return nil }
        }
    }

    /// - Returns: what there is to send, which may be nothing; `nil` if the next entry is to be looked for.
    private mutating func step() async throws -> [UInt8]? {
        guard let current else { return try await findEntry() }
        switch current {
        case .stored(let record):
            let pieces = try await records.outputPieces(record.id, from: position)
            if !pieces.isEmpty { return write(pieces, of: current) }
            text.omit(max(0, record.printed - position))
            return finish(current)
        case .kept(let attempt):
            let bytes = Array((attempt.output ?? "").utf8.dropFirst(position))
            let piece = OutputPiece(stream: .out, position: position, printedAt: attempt.finishedAt, bytes: bytes)
            return (bytes.isEmpty ? [] : write([piece], of: current)) + finish(current)
        case .live(let output):
            switch output.read(from: position, size: Self.pageSize) {
            case .pieces(let pieces):
                let page = write(pieces, of: current)
                if query.follows && !isClosing && page.count < Self.pageSize / 2 {
                    try await wait { try await $0.sleep(for: Self.pause) }
                }
                return page
            case .over:
                // What the attempt kept comes with its outcome, which is recorded behind this.
                if query.follows && !isClosing { try await wait { _ in try await output.isSaved.wait() } }
                return finish(current)
            case .nothing(let change):
                if !query.follows { return finish(current) }
                try await wait { _ in try await change.wait() }
                return []
            }
        }
    }

    private mutating func write(_ pieces: [OutputPiece], of entry: OutputEntry) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            text.omit(piece.position - position)
            position = piece.end
            text.write(piece, of: entry, into: &bytes)
        }
        return bytes
    }

    private mutating func finish(_ entry: OutputEntry) -> [UInt8] {
        var bytes: [UInt8] = []
        text.writeOmission(entry, into: &bytes)
        current = nil
        return bytes
    }

    /// Looks for the next entry that the client wants, and waits for it if there is none.
    private mutating func findEntry() async throws -> [UInt8]? {
        // First how the job is: once it is finished, all that belongs to it is there.
        guard let record = try await records.job(query.job) else { throw StoreError.unknownJob(query.job) }
        while let entry = try await entries.next() {
            if let attempt = query.attempt, entry.attempt != attempt { continue }
            guard let start = start(in: entry) else { continue }
            current = entry
            position = start
            return nil
        }
        let isLive = live.output(of: query.job) != nil
        let isPast = query.attempt.map { $0 < record.job.attempt } ?? false
        if !query.follows || record.state.isFinal && !isLive || isPast {
            isAtEnd = true
            return text.end(record, isRunning: isLive)
        }
        let time = check
        try await wait { [live, query] clock in
            // What is printed now is not wanted.
            if isLive { return try await clock.sleep(for: time) }
            try await live.waitForOutput(of: query.job, atMost: time, clock)
        }
        check = min(check * 2, Self.checks.upperBound)
        return nil
    }

    /// Where to begin in an entry; `nil` if the client has all of it.
    private mutating func start(in entry: OutputEntry) -> Int? {
        guard let mark = after else { return 0 }
        if entry.beganAt == mark.beganAt && entry.isKept == mark.isKept {
            after = nil
            return mark.position
        }
        // That entry is gone. What began later is not known.
        if entry.beganAt > mark.beganAt {
            after = nil
            return 0
        }
        return nil
    }

    /// Waits, but not beyond the end of the daemon: then all that is there is sent once more.
    private mutating func wait(_ body: @escaping @Sendable (any MonotonicClock) async throws -> Void) async throws {
        if isClosing { throw CancellationError() }
        do {
            try await cancelWhenGracefulShutdown { [clock] in try await body(clock) }
        } catch is CancellationError where !Task.isCancelled && Task.isShuttingDownGracefully {
            isClosing = true
        }
    }
}
