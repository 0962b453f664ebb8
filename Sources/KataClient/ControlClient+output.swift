import Foundation
public import KataAPI
import NIOCore

extension ControlClient {
    /// How long a daemon that was there is waited for, so that an output can be followed across its restart.
    private static let restartPatience = Duration.seconds(120)
    private static let restartPause = Duration.milliseconds(200)

    /// Gives what a job prints, part by part.
    ///
    /// Where it is followed, this goes on until the job is finished, also if the job has not begun yet and if the daemon is
    /// restarted meanwhile.
    ///
    /// - Parameters:
    ///   - onInterruption: told, for people, that parts may come late or be missing.
    ///   - each: is given each part, in order. Nothing more is read until it returns.
    /// - Returns: how the job is, as an object of type ``OutputDocument/end``.
    /// - Throws: ``ControlClientError``; what `each` threw; `CancellationError`.
    @discardableResult
    public func output(
        of job: Int64, _ selection: OutputSelection = OutputSelection(),
        onInterruption: (String) throws -> Void = { _ in }, each: (OutputDocument) async throws -> Void
    ) async throws -> OutputDocument {
        var mark: String?
        var isBegun = false
        var lostAt: ContinuousClock.Instant?
        while true {
            do {
                let request = outputRequest(job, selection, after: mark)
                var lines = OutputLines(try await answer(to: request, within: limits.export), socket: socket)
                isBegun = true
                lostAt = nil
                while let part = try await lines.next() {
                    switch part.type {
                    case OutputDocument.end: return part
                    case OutputDocument.dropped: try onInterruption(part.reason ?? "the daemon follows this no more")
                    default: try await each(part)
                    }
                    mark = part.mark ?? mark
                }
            } catch let error as ControlClientError where selection.follows && isBegun && error.mayPass {
                if lostAt == nil { try onInterruption("the daemon has ended, and is waited for") }
                let since = lostAt ?? .now
                lostAt = since
                if ContinuousClock.now - since > Self.restartPatience { throw error }
                try await Task.sleep(for: Self.restartPause)
            }
        }
    }

    private func outputRequest(_ job: Int64, _ selection: OutputSelection, after mark: String?) -> ControlRequest {
        ControlRequest.get(
            "v1", "jobs", "\(job)", "output",
            query: [
                ("follow", selection.follows ? "true" : nil), ("attempt", selection.attempt.map(String.init)),
                ("stream", selection.stream), ("since", selection.since), ("after", mark),
            ]
        ).accepting("application/x-ndjson")
    }
}

extension ControlClientError {
    /// Whether a daemon that is started again may answer.
    fileprivate var mayPass: Bool {
        switch self {
        case .notReachable, .interrupted: true
        case .refused(let problem): problem.status == 503
        case .permissionDenied, .badAnswer: false
        }
    }
}

/// The objects of an answer, a line each.
private struct OutputLines {
    /// A page of the daemon's may have one piece that is longer than it should be.
    private static let lineLimit = 16 << 20

    private var answer: Answer
    private let socket: String
    private var bytes: [UInt8] = []
    private var start = 0

    init(_ answer: Answer, socket: String) {
        self.answer = answer
        self.socket = socket
    }

    /// - Returns: `nil` at the end of the answer.
    mutating func next() async throws -> OutputDocument? {
        var searched = start
        while true {
            if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                do {
                    return try JSON.decode(OutputDocument.self, from: Data(bytes[start..<end]))
                } catch {
                    throw ControlClientError.badAnswer(socket: socket, reason: "\(error)")
                }
            }
            bytes.removeFirst(start)
            start = 0
            searched = bytes.count
            if bytes.count > Self.lineLimit {
                throw ControlClientError.badAnswer(socket: socket, reason: "a line of it has no end")
            }
            guard let part = try await answer.next() else { return nil }
            bytes.append(contentsOf: part.readableBytesView)
        }
    }
}
