import Foundation
import KataTestSupport
import Testing

@Suite("Metrics", .timeLimit(.minutes(20)))
struct MetricsTests {
    @Test("tell what the database tells, of every outcome, and go on after a reload")
    func agree() async throws {
        let workplace = try Workplace()
        let consumer =
            "{ plugin: exec, shell: true, command: 'case \"$KATA_ITEM\" in fail) exit 3;; term) kill -TERM $$;; slow) sleep 60;; esac' }"
        try workplace.writeInbox(workers: 1, consumer: consumer, pipeline: "retry: { attempts: 1 }")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for item in ["good", "fail", "good", "term"] {
            #expect(try await workplace.post("{\"item\":\"\(item)\"}").status == 201)
        }
        // In one request, so that the first is not finished before the second comes.
        let slow = #"{"item":"slow","timeout":"100ms","unique":"u""#
        let both = "\(slow),\"max_attempts\":2}\n\(slow)}\n"
        #expect(try await workplace.post(Array(both.utf8), type: "application/x-ndjson").status == 201)
        try await #require(
            eventually {
                try await workplace.query("SELECT count(*) FROM jobs WHERE state IN ('done', 'failed')") == "5\n"
            })
        let expected: [String: Double] = [
            "kata_jobs_submitted_total{pipeline=\"mail\"}": 5, "kata_jobs_deduplicated_total{pipeline=\"mail\"}": 1,
            "kata_attempts_total{outcome=\"done\"}": 2, "kata_attempts_total{outcome=\"failed\"}": 4,
            "kata_attempts_failed_total{reason=\"exit\"}": 1, "kata_attempts_failed_total{reason=\"signal\"}": 1,
            "kata_attempts_failed_total{reason=\"timeout\"}": 2, "kata_attempts_failed_total{reason=\"plugin\"}": 0,
            "kata_jobs_finished_total{outcome=\"done\"}": 2, "kata_jobs_finished_total{outcome=\"failed\"}": 3,
            "kata_jobs_finished_total{outcome=\"cancelled\"}": 0, "kata_attempt_duration_seconds_count": 6,
            "kata_job_wait_seconds_count": 6, "kata_jobs{state=\"done\"}": 2, "kata_jobs{state=\"failed\"}": 3,
            "kata_jobs{state=\"pending\"}": 0, "kata_workers": 1, "kata_workers_busy": 0, "kata_queue_capacity": 10,
            "kata_queue_depth": 0, "kata_pipeline_paused": 0, "kata_pipeline_up": 1, "kata_store_up": 1,
            "kata_draining": 0,
        ]
        // What is recorded is counted at once, but not before, and one series after the other.
        var metrics: [String: Double] = [:]
        _ = try await eventually {
            metrics = try await workplace.metrics()
            return expected.allSatisfy { metrics[$0.key] == $0.value }
        }
        for (series, value) in expected { #expect(metrics[series] == value, "\(series)") }
        #expect(metrics["kata_oldest_due_timestamp_seconds"] == nil)
        let last = try await workplace.query(
            "SELECT CAST(strftime('%s', max(finished_at)) AS INTEGER) FROM results"
        ).trimmingCharacters(in: .newlines)
        #expect(metrics["kata_last_success_timestamp_seconds"].map { Int($0) } == Int(last))
        try workplace.writeInbox(workers: 2, consumer: consumer, pipeline: "retry: { attempts: 1 }")
        daemon.kill(SIGHUP)
        try await #require(eventually { try await workplace.metrics()["kata_workers"] == 2 })
        #expect(try await workplace.post("{\"item\":\"good\"}").status == 201)
        try await #require(
            eventually { try await workplace.metrics()["kata_jobs_finished_total{outcome=\"done\"}"] == 3 })
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("begin anew with the daemon, and count what its end cut off; what the database knows stays")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            workers: 1, consumer: "{ plugin: exec, command: [sleep, '3600'] }", pipeline: "retry: { attempts: 1 }")
        let first = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for _ in 0..<3 { #expect(try await workplace.post("{\"item\":1}").status == 201) }
        // Written a second after it began.
        try await #require(
            eventually { try await workplace.query("SELECT count(*) FROM job WHERE started_at IS NOT NULL") == "1\n" })
        first.kill(SIGKILL)
        _ = try await first.wait()
        let second = try workplace.startDaemon()
        // The socket that the first one has left does not answer.
        try await #require(eventually { (try? await workplace.metrics()["kata_workers_busy"]) == 1 })
        let metrics = try await workplace.metrics()
        #expect(metrics["kata_jobs_submitted_total{pipeline=\"mail\"}"] == 0)
        #expect(metrics["kata_jobs_interrupted_total{pipeline=\"mail\"}"] == 1)
        let waiting = ["pending", "queued", "running"].map { metrics["kata_jobs{state=\"\($0)\"}"] ?? -1 }
        #expect(waiting.reduce(0, +) == 3)
        let created = try await workplace.query(
            "SELECT CAST(strftime('%s', min(created_at)) AS INTEGER) FROM jobs WHERE job_id > 1")
        #expect(metrics["kata_oldest_due_timestamp_seconds"].map { "\(Int($0))\n" } == created)
        #expect((metrics["process_start_time_seconds"] ?? 0) > (metrics["kata_oldest_due_timestamp_seconds"] ?? 0) - 60)
        second.kill(SIGTERM)
        second.kill(SIGTERM)
        #expect(try await second.wait() == 0, "\(second.standardError)")
    }

    @Test("are offered on a loopback port, and nothing else is")
    func port() async throws {
        let workplace = try Workplace()
        let port = try ReservedPort()
        try workplace.writeInbox(top: "metrics: { listen: 127.0.0.1:\(port.number) }")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        for (path, status) in [
            ("/metrics", "200"), ("/healthz", "200"), ("/readyz", "200"), ("/v1/status", "404"), ("/ui/", "404"),
            ("/v1/pipelines/mail/pause", "404"),
        ] {
            let outcome = try await workplace.run(
                "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port.number)\(path)"])
            #expect(outcome.output == status, "\(path)")
        }
        let posted = try await workplace.run(
            "curl",
            ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "http://127.0.0.1:\(port.number)/v1/drain"])
        #expect(posted.output == "404")
        let foreign = try await workplace.run(
            "curl",
            [
                "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: evil.example",
                "http://127.0.0.1:\(port.number)/metrics",
            ])
        #expect(foreign.output == "403")
        let open = try await workplace.run(
            "curl", ["-s", "-H", "Accept: application/openmetrics-text", "http://127.0.0.1:\(port.number)/metrics"])
        #expect(open.output.hasSuffix("# EOF\n"))
        let second = try Workplace()
        try second.writeInbox(top: "metrics: { listen: 127.0.0.1:\(port.number) }")
        let refused = try second.startDaemon()
        #expect(try await refused.wait() == 73)
        #expect(
            refused.standardError.contains(
                "cannot listen on 127.0.0.1:\(port.number) for metrics: Address already in use"))
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("are what Prometheus expects, by its own check")
    func promtool() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        #expect(try await workplace.post("{\"item\":1}").status == 201)
        try await #require(
            eventually { try await workplace.metrics()["kata_jobs_finished_total{outcome=\"done\"}"] == 1 })
        let outcome = try await workplace.shell(
            "curl -s --unix-socket $SOCKET http://kata/metrics | promtool check metrics")
        #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.output + outcome.errors == "")
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    @Test("are what the dashboard for Grafana and the alerts ask for, and each alert does as it says")
    func rules() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        let offered = try await workplace.request("GET", "/metrics").body
        try workplace.write(offered, to: "metrics.txt")
        let dashboard = try await workplace.run(
            Self.root.appendingPathComponent("scripts/check-dashboard").path,
            [workplace.directory.appendingPathComponent("metrics.txt").path])
        #expect(dashboard.code == 0, "\(dashboard.output)\(dashboard.errors)")
        for file in ["prometheus.yaml", "kata.rules.yaml", "kata.rules.test.yaml"] {
            try FileManager.default.copyItem(
                at: Self.root.appendingPathComponent("config/prometheus/\(file)"),
                to: workplace.directory.appendingPathComponent(file))
        }
        for check in [["check", "config", "prometheus.yaml"], ["test", "rules", "kata.rules.test.yaml"]] {
            let outcome = try await workplace.run("promtool", check)
            #expect(outcome.code == 0, "\(outcome.output)\(outcome.errors)")
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}

extension Workplace {
    /// The series that the daemon offers. Labels that name the only pipeline are left out where there is another one, and `{…}` with
    /// them where there is not, unless it is a counter without others.
    func metrics() async throws -> [String: Double] {
        let answer = try await request("GET", "/metrics")
        try #require(answer.status == 200)
        var series: [String: Double] = [:]
        for line in answer.body.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                continue
            }
            let name = String(line[..<space])
            series[name] = value
            series[name.replacing("pipeline=\"mail\",", with: "")] = value
            series[name.replacing("{pipeline=\"mail\"}", with: "")] = value
        }
        return series
    }
}
