import Foundation
import KataTestSupport
import Testing

/// The part of `kata-ctl jobs ID --json` that tests look at, read without the product's own types.
struct JobView: Decodable {
    struct Attempt: Decodable {
        let attempt: Int
        let outcome: String
        let error: String?
        let output: String?
        let exitCode: Int?
    }

    let id: Int
    let pipeline: String
    let item: String
    let state: String
    let attempt: Int
    let priority: Int
    let interruptions: Int
    let consumerId: String?
    let error: String?
    let runAt: String?
    let attempts: [Attempt]?
}

/// A job that does not get where it should.
struct Stuck: Error, CustomStringConvertible {
    let description: String
}

extension Workplace {
    /// Writes the configuration of pipeline `mail`, which takes jobs.
    ///
    /// - Parameters:
    ///   - pipeline: more keys of it.
    ///   - others: more pipelines.
    func writeInbox(
        queue: Int = 10, workers: Int = 2, consumer: String = "{ plugin: sleep, duration: 0 }", top: String = "",
        pipeline: String = "", others: String = ""
    ) throws {
        try write(
            """
            \(top)
            pipelines:
              mail:
                queue_size: \(queue)
                worker_count: \(workers)
                \(pipeline)
                producer: { plugin: inbox }
                consumer: \(consumer)
            \(others)
            """,
            to: "kata.yaml"
        )
    }

    /// Writes it with a shell's script for a handler, which finds the item as `$KATA_ITEM` and runs in the workplace.
    func writeInbox(
        script: String, queue: Int = 10, workers: Int = 2, keys: String = "", top: String = "", pipeline: String = "",
        others: String = ""
    ) throws {
        let consumer = "{ plugin: exec, shell: true, kill_after: 1s, \(keys) command: '\(script)' }"
        try writeInbox(queue: queue, workers: workers, consumer: consumer, top: top, pipeline: pipeline, others: others)
    }

    /// Runs `kata-ctl` with the daemon's socket.
    func ctl(_ arguments: String...) async throws -> Outcome {
        try await run(Binaries.kataControl, arguments + ["--socket", socket])
    }

    /// Runs a shell's command in which `$CTL` and `$SOCKET` are set.
    func shell(_ command: String) async throws -> Outcome {
        try await run("sh", ["-c", command], environment: ["CTL": Binaries.kataControl, "SOCKET": socket])
    }

    /// Submits jobs with `kata-ctl`.
    ///
    /// - Returns: their ids.
    @discardableResult
    func submit(_ items: [String], to pipeline: String = "mail", _ options: String...) async throws -> [Int] {
        let outcome = try await run(
            Binaries.kataControl, ["submit", "--socket", socket] + options + [pipeline] + items)
        try #require(outcome.code == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").compactMap { Int($0) }
    }

    func job(_ id: Int) async throws -> JobView {
        let answer = try await request("GET", "/v1/jobs/\(id)")
        try #require(answer.status == 200, "\(answer.body)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(JobView.self, from: Data(answer.body.utf8))
    }

    /// Waits until a job is in that state.
    func wait(for id: Int, toBe state: String) async throws {
        if try await eventually({ try await self.job(id).state == state }) { return }
        let job = try await job(id)
        throw Stuck(description: "job \(id) is \(job.state) (\(job.error ?? "no error")), and does not get \(state)")
    }

    /// Starts a daemon and waits until it answers.
    func startAnsweringDaemon() async throws -> ChildProcess {
        try await answering(startDaemon())
    }

    /// Waits until a daemon that was started answers.
    func answering(_ daemon: ChildProcess) async throws -> ChildProcess {
        // The socket's file may be that of a daemon that was killed.
        try await #require(
            eventually {
                if daemon.hasEnded { return true }
                return (try? await self.request("GET", "/v1/status").status) == 200
            })
        try #require(!daemon.hasEnded, "\(daemon.standardError)")
        return daemon
    }

    /// Runs `body` beside a daemon, which then has to end well.
    func withDaemon(_ body: (ChildProcess) async throws -> Void) async throws {
        let daemon = try await startAnsweringDaemon()
        try await body(daemon)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    /// Ends a daemon as the kernel does when memory runs out.
    func crash(_ daemon: ChildProcess) async throws {
        daemon.kill(SIGKILL)
        _ = try await daemon.wait()
    }

    func count(_ sql: String) async throws -> Int {
        let text = try await query("SELECT count(*) FROM \(sql)")
        return try #require(Int(text.trimmingCharacters(in: .newlines)))
    }
}
