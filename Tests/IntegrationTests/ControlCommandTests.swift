import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl")
struct ControlCommandTests {
    @Test("shows the status as a table")
    func table() async throws {
        try await withBusyDaemon { workplace, daemon in
            let outcome = try await workplace.control("status", "--socket", workplace.socket)
            #expect((outcome.code, outcome.errors) == (0, ""))
            let lines = outcome.output.split(separator: "\n")
            #expect(lines[0].hasPrefix("katad "))
            #expect(lines[0].contains("process \(daemon.pid), running for "))
            #expect(lines[0].hasSuffix("database \(workplace.database)"))
            #expect(lines.contains("kata: running"))
            #expect(lines.contains { $0.contains(" 0 %  0 of 5") })
            #expect(lines.contains("  queue    2 of 2"))
            #expect(lines.contains { $0.hasSuffix(" pending, 2 queued, 2 running, 0 done, 0 failed") })
            #expect(lines.contains("  CONSUMER  STATE  CONSUMED  ITEM"))
            #expect(lines.contains { $0.hasPrefix("  c1        busy          0  ") })
        }
    }

    @Test("shows the status as the documented JSON")
    func statusDocument() async throws {
        try await withBusyDaemon { workplace, daemon in
            let outcome = try await workplace.control("status", "--socket", workplace.socket, "--json")
            #expect((outcome.code, outcome.errors) == (0, ""))
            let status = try object(outcome.output)
            #expect(
                keys(status) == [
                    "version", "pid", "state", "uptime_seconds", "database", "store", "progress", "pipelines",
                ])
            let store = status["store"] as? [String: Any] ?? [:]
            #expect(store["state"] as? String == "ok" && store["results_waiting"] as? Int == 0)
            #expect(keys(store) == ["state", "results_waiting", "wal"] && keys(store["wal"]) == ["bytes"])
            #expect(status["pid"] as? Int == Int(daemon.pid))
            #expect(status["database"] as? String == workplace.database)
            let pipeline = try #require((status["pipelines"] as? [[String: Any]])?.first)
            #expect(keys(pipeline) == ["name", "state", "queue", "worker_count", "consumers", "counts", "run"])
            #expect(pipeline["worker_count"] as? Int == 2)
            #expect(keys(pipeline["queue"]) == ["size", "depth"])
            #expect(
                keys(pipeline["counts"]) == [
                    "pending", "queued", "running", "scheduled", "waiting", "done", "failed", "cancelled",
                ])
            let consumers = try #require(pipeline["consumers"] as? [[String: Any]])
            #expect(consumers.compactMap { $0["id"] as? String } == ["c1", "c2"])
            for consumer in consumers { #expect(keys(consumer) == ["id", "state", "item", "job_id", "consumed"]) }
            #expect(
                keys(pipeline["run"]) == [
                    "id", "number", "items", "produced", "consumed", "failed", "elapsed_seconds", "predicted_seconds",
                    "lower_bound_seconds", "eta_seconds", "finished",
                ]
            )
        }
    }

    @Test("starts no run while one is under way")
    func runTwice() async throws {
        try await withBusyDaemon { workplace, _ in
            let outcome = try await workplace.control("run", "--socket", workplace.socket)
            #expect(outcome.code != 0)
            #expect(outcome.errors == "kata-ctl: run 1 of pipeline 'kata' is not finished yet\n")
        }
    }

    @Test("names the nearest pipeline when one is not there")
    func unknownPipeline() async throws {
        try await withBusyDaemon { workplace, _ in
            for arguments in [["run", "kat"], ["estimate", "--pipeline", "kat"]] {
                let outcome = try await workplace.run(
                    Binaries.kataControl, arguments + ["--socket", workplace.socket]
                )
                #expect(outcome.code == 64)
                #expect(outcome.errors == "kata-ctl: there is no pipeline 'kat'; did you mean 'kata'?\n")
            }
        }
    }

    @Test("starts another run when the last one is over, whatever the pipeline's name", arguments: ["kata", "a_b-c.d"])
    func run(name: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 3, workers: 1, interval: "0", duration: "0")
        let text = try workplace.read("kata.yaml").replacingOccurrences(of: "  kata:", with: "  \(name):")
        try workplace.write(text, to: "kata.yaml")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(eventually { try await workplace.status().pipelines[0].run?.finished == true })

        let second = try await workplace.control("run", name, "--socket", workplace.socket, "--json")
        #expect((second.code, second.errors) == (0, ""))
        let document = try object(second.output)
        #expect(document["pipeline"] as? String == name)
        #expect(document["id"] as? Int == 2)
        #expect(document["items"] as? Int == 3)
        try await #require(
            eventually {
                let run = try await workplace.status().pipelines[0].run
                return run?.id == 2 && run?.finished == true
            }
        )
        let third = try await workplace.control("run", "--socket", workplace.socket)
        #expect(third.output == "pipeline \(name): run 3 started, 3 items\n")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    @Test(
        "estimates as theory says",
        arguments: [(1, 10.0, "consumers"), (3, 3.4, "consumers"), (12, 1.09, "producer")]
    )
    func estimate(workers: Int, predicted: Double, bottleneck: String) async throws {
        let workplace = try Workplace()
        try workplace.writeKata()
        let outcome = try await workplace.control(
            "estimate", "--config", "kata.yaml", "--workers", "\(workers)", "--json"
        )
        #expect((outcome.code, outcome.errors) == (0, ""))
        let document = try object(outcome.output)
        #expect(document["predicted_seconds"] as? Double == predicted)
        #expect(document["lower_bound_seconds"] as? Double == 1.09)
        #expect(document["workers_needed"] as? Int == 10)
        #expect(document["bottleneck"] as? String == bottleneck)
    }

    @Test("estimates any configuration that is valid")
    func hugeEstimate() async throws {
        let workplace = try Workplace()
        try workplace.writeKata(items: 100_000_000_000, workers: 1, interval: "8760h", duration: "8760h")
        let outcome = try await workplace.control("estimate", "--config", "kata.yaml", "--json")
        #expect(outcome.code == 0)
    }

    @Test("says that no daemon answers, and what to do", arguments: ["status", "run", "export", "estimate"])
    func notReachable(command: String) async throws {
        let workplace = try Workplace()
        try workplace.write("", to: "file")
        for socket in ["missing.sock", "file"] {
            let outcome = try await workplace.control(command, "--socket", socket)
            #expect(outcome.code == 69)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.hasPrefix("kata-ctl: no daemon answers on '\(socket)' ("))
            #expect(outcome.errors.hasSuffix("); start katad, or name its socket with --socket\n"))
        }
    }

    @Test("says that it has no permission to use the socket")
    func permission() async throws {
        try await withBusyDaemon { workplace, _ in
            try #require(chmod(workplace.socket, 0) == 0)
            let outcome = try await workplace.runUnprivileged(
                Binaries.kataControl, ["status", "--socket", workplace.socket]
            )
            #expect(outcome.code == 77)
            #expect(outcome.errors.hasPrefix("kata-ctl: no permission to use '\(workplace.socket)'; "))
        }
    }

    @Test(
        "ends in a usage error when it is called wrongly",
        arguments: [
            ["bogus"], ["status", "--bogus"], ["status", "a", "b"], ["status", "--interval", "0"],
            ["export", "--run", "x"],
            ["export", "--json"], ["estimate", "--workers", "0"], ["estimate", "--workers", "10001"],
            ["run", "a", "b"],
        ])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.kataControl, arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }

    /// Runs `body` with a daemon that has two items in hand, two on the queue and nothing done.
    private func withBusyDaemon(_ body: (Workplace, ChildProcess) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeKata(
            queue: 2, items: 5, workers: 2, interval: "0", duration: "1h", top: "drain_timeout: 1ms"
        )
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        try await #require(
            eventually {
                let pipeline = try await workplace.status().pipelines[0]
                return pipeline.queue.depth == 2 && pipeline.counts.running == 2
            }
        )
        try await body(workplace, daemon)
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func keys(_ value: Any?) -> Set<String> {
        Set((value as? [String: Any] ?? [:]).keys)
    }
}
