import Foundation
import Testing

/// The part of `kata-ctl status --json` that tests look at, read without the product's own types.
struct Status: Decodable {
    struct Pipeline: Decodable {
        let state: String
        let reason: String?
        let queue: Queue
        let consumers: [Consumer]
        let counts: Counts
        let run: Run?
        let drain: Drain?
    }

    struct Queue: Decodable {
        let size: Int
        let depth: Int
    }

    struct Consumer: Decodable {
        let id: String
        let state: String
    }

    struct Counts: Decodable {
        let pending: Int
        let queued: Int
        let running: Int
        let done: Int
        let failed: Int
    }

    struct Run: Decodable {
        let id: Int
        let items: Int?
        let produced: Int
        let consumed: Int
        let failed: Int
        let elapsedSeconds: Double
        let predictedSeconds: Double?
        let lowerBoundSeconds: Double?
        let finished: Bool
    }

    struct Drain: Decodable, Equatable {
        let finished: Int
        let wentBack: Int
        let cutOff: Int
    }

    struct Progress: Decodable {
        let state: String
    }

    let state: String
    let progress: Progress?
    let pipelines: [Pipeline]
}

extension Workplace {
    /// Asks the running daemon.
    func status() async throws -> Status {
        let outcome = try await control("status", "--socket", socket, "--json")
        try #require(outcome.code == 0, "\(outcome.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Status.self, from: Data(outcome.output.utf8))
    }
}
