public import Kata
import Testing

/// What every ``JobStore`` must do with what jobs print.
public enum OutputBehaviour: String, StoreBehaviour {
    case kept = "what an attempt printed is kept, and read from any place on"
    case grown = "a piece that has grown takes the place of the one that was saved"
    case gap = "pieces that are not kept any more go"
    case older = "a change that is older than what is saved changes nothing"
    case unknown = "of a job that there is not nothing is saved"
    case total = "if there is too much of a pipeline, what was printed first goes, and it is told how much that was"
    case forgotten = "a pruned job goes with what it printed"

    /// Checks this case on an empty store.
    public func check(_ store: any JobStore) async throws {
        switch self {
        case .kept: try await Self.checkKept(store)
        case .grown: try await Self.checkGrown(store)
        case .gap: try await Self.checkGap(store)
        case .older: try await Self.checkOlder(store)
        case .unknown: try await Self.checkUnknown(store)
        case .total: try await Self.checkTotal(store)
        case .forgotten: try await Self.checkForgotten(store)
        }
    }

    private static func checkKept(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1"])
        let pieces = [
            piece("one", at: 0, .out),
            OutputPiece(stream: .err, position: 3, printedAt: .sampleEnd, bytes: [0, 255, 0]),
        ]
        try store.save(jobs[1].id, pieces, attempt: 2, isOver: true, attemptStartedAt: .sampleStart)
        try await #expect(store.outputs(job: jobs[0].id, after: 0, limit: 9).isEmpty)
        let found = try await store.outputs(job: jobs[1].id, after: 0, limit: 9)
        let output = try #require(found.first)
        #expect(
            found == [
                OutputRecord(
                    id: output.id, attempt: 2, consumerID: "c7", beganAt: .sampleStart, endedAt: .sampleEnd,
                    attemptStartedAt: .sampleStart, holdsKept: false, printed: 6)
            ])
        try await #expect(store.outputs(job: jobs[1].id, after: output.id, limit: 9).isEmpty)
        for (position, expected) in [(0, pieces), (2, pieces), (3, [pieces[1]]), (5, [pieces[1]]), (6, [])] {
            try await #expect(store.outputPieces(output.id, from: position) == expected, "\(position)")
        }
    }

    private static func checkGrown(_ store: any JobStore) async throws {
        let job = try await store.run("a", items: ["0"]).jobs[0].id
        try store.save(job, [piece("a", at: 0), piece("b", at: 1)])
        try store.save(job, [piece("bc", at: 1), piece("d", at: 3)])
        let outputs = try await store.outputs(job: job, after: 0, limit: 9)
        #expect(outputs.map(\.printed) == [4] && outputs.first?.endedAt == nil)
        try await #expect(store.text(job) == ["a", "bc", "d"])
    }

    private static func checkGap(_ store: any JobStore) async throws {
        let job = try await store.run("a", items: ["0"]).jobs[0].id
        try store.save(job, [piece("a", at: 0), piece("b", at: 1), piece("c", at: 2)])
        try store.save(job, [piece("d", at: 3)], kept: 2, gap: 1..<3)
        try await #expect(store.text(job) == ["a", "d"])
        let output = try #require(try await store.outputs(job: job, after: 0, limit: 9).first)
        try await #expect(store.outputPieces(output.id, from: 1).map(\.position) == [3])
    }

    private static func checkOlder(_ store: any JobStore) async throws {
        let job = try await store.run("a", items: ["0"]).jobs[0].id
        try store.save(job, [piece("a", at: 0), piece("b", at: 1)], isOver: true)
        try store.save(job, [piece("x", at: 0)])
        try store.save(job, [piece("x", at: 0), piece("yz", at: 1)])
        try await #expect(store.text(job) == ["a", "b"])
        try await #expect(store.outputs(job: job, after: 0, limit: 9).map(\.printed) == [2])
    }

    private static func checkUnknown(_ store: any JobStore) async throws {
        try store.save(7, [piece("a", at: 0)])
        try await #expect(store.outputs(job: 7, after: 0, limit: 9).isEmpty)
    }

    private static func checkTotal(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1", "2"])
        let (_, others) = try await store.run("b", items: ["3"])
        try store.save(others[0].id, [piece("other", at: 0)], total: 10)
        for job in jobs.prefix(2) { try store.save(job.id, [piece("12345", at: 0)], isOver: true, total: 10) }
        try await #expect(store.text(jobs[0].id) == ["12345"])
        try store.save(jobs[2].id, [piece("123", at: 0)], total: 10)
        try await #expect(store.text(jobs[0].id) == [])
        try await #expect(store.outputs(job: jobs[0].id, after: 0, limit: 9).map(\.printed) == [5])
        try await #expect(store.text(jobs[1].id) == ["12345"])
        try await #expect(store.text(others[0].id) == ["other"])
        // Never what is being saved, however much it is.
        try store.save(jobs[2].id, [piece("123", at: 0), piece("456789012", at: 3)], total: 10)
        try await #expect(store.text(jobs[1].id) == [])
        try await #expect(store.text(jobs[2].id) == ["123", "456789012"])
    }

    private static func checkForgotten(_ store: any JobStore) async throws {
        let (_, jobs) = try await store.run("a", items: ["0", "1"])
        for job in jobs {
            try store.save(job.id, [piece("a", at: 0)], isOver: true)
            try store.complete(job)
        }
        let selection = PruneSelection(pipeline: "a", state: .done, finishedBefore: .sample(after: .seconds(3_600)))
        #expect(try store.transaction { try $0.prune(jobs.map(\.id), selection) } == 1)
        try await #expect(store.outputs(job: jobs[0].id, after: 0, limit: 9).isEmpty)
        try await #expect(store.text(jobs[1].id) == ["a"])
    }

    private static func piece(_ text: String, at position: Int, _ stream: OutputPiece.Stream = .out) -> OutputPiece {
        OutputPiece(stream: stream, position: position, printedAt: .sampleStart, bytes: Array(text.utf8))
    }
}

extension JobStore {
    /// Saves pieces of an output that began at ``Timestamp/sampleStart``.
    ///
    /// - Parameter kept: how many bytes of it are kept; `nil` means all.
    public func save(
        _ job: Job.ID, _ pieces: [OutputPiece], attempt: Int = 1, isOver: Bool = false, holdsKept: Bool = false,
        beganAt: Timestamp = .sampleStart, attemptStartedAt: Timestamp? = nil, kept: Int? = nil,
        gap: Range<Int> = 0..<0, total: Int = .max
    ) throws {
        let printed = pieces.last?.end ?? 0
        let update = OutputUpdate(
            job: job, attempt: attempt, consumerID: "c7", beganAt: beganAt, endedAt: isOver ? .sampleEnd : nil,
            attemptStartedAt: attemptStartedAt,
            holdsKept: holdsKept, printed: printed, kept: kept ?? printed, gap: gap, pieces: pieces)
        try transaction { try $0.save(update, total: total) }
    }

    /// The pieces of all outputs of a job, as text.
    fileprivate func text(_ job: Job.ID) async throws -> [String] {
        var pieces: [OutputPiece] = []
        for output in try await outputs(job: job, after: 0, limit: 100) {
            pieces += try await outputPieces(output.id, from: 0)
        }
        return pieces.map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}
