import ArgumentParser
import KataAPI
import KataClient

/// Where suggestions come from: what the running daemon has.
extension CompletionKind {
    /// The names of its pipelines.
    static let pipelineNames = suggesting(pipelines)

    /// The entries of its schedules.
    static let entryNames = suggesting { client in
        try await client.schedules().entries.map {
            Suggestion(value: "\($0.pipeline)/\($0.entry)", meaning: $0.paused ? "paused" : $0.schedule)
        }
    }

    /// The daemons that share its database.
    static let nodeNames = suggesting { client in
        try await client.nodes().nodes.map { Suggestion(value: $0.name, meaning: $0.state) }
    }

    /// The ids of its latest jobs.
    static let latestJobs = jobs(in: [nil])
    /// Those that are not finished.
    static let unfinishedJobs = jobs(in: ["running", "pending", "scheduled", "waiting"])
    /// Those that have failed.
    static let failedJobs = jobs(in: ["failed"])

    /// Its pipelines, and its latest jobs.
    static let pipelinesAndJobs = suggesting { try await pipelines(of: $0) + jobs(of: $0, in: [nil]) }

    /// How many jobs of a state are offered, the latest.
    private static let count = 30

    private static func jobs(in states: [String?]) -> CompletionKind {
        suggesting { try await jobs(of: $0, in: states) }
    }

    private static func pipelines(of client: ControlClient) async throws -> [Suggestion] {
        try await client.status().pipelines.map { Suggestion(value: $0.name, meaning: $0.state) }
    }

    private static func jobs(of client: ControlClient, in states: [String?]) async throws -> [Suggestion] {
        var jobs: [Int64: Suggestion] = [:]
        for state in states {
            for job in try await client.jobs(JobQuery(state: state), limit: count, before: nil).jobs {
                jobs[job.id] = Suggestion(value: "\(job.id)", meaning: "\(job.pipeline), \(job.state): \(job.item)")
            }
        }
        return jobs.sorted { $0.key > $1.key }.map(\.value)
    }

    /// How long the daemon has to answer: whoever has pressed Tab waits for it.
    private static let patience = Duration.seconds(1)

    /// Asks the daemon that the command line names. If it does not answer, nothing is offered.
    private static func suggesting(
        _ suggestions: @escaping @Sendable (ControlClient) async throws -> [Suggestion]
    ) -> CompletionKind {
        custom { words, _, _ in
            do {
                let client = try SocketOption.client(named: socket(in: words))
                return try await suggestions(client.waiting(atMost: patience)).compactMap { $0.line(in: .requesting) }
            } catch {
                return []
            }
        }
    }

    /// What follows `--socket` on the command line.
    private static func socket(in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == "--socket", index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix("--socket=") { return String(word.dropFirst("--socket=".count)) }
        }
        return nil
    }
}
