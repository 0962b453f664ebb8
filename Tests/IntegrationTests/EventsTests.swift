import Foundation
import KataTestSupport
import Testing

@Suite("Events as they happen", .timeLimit(.minutes(20)))
struct EventsTests {
    /// An event of a stream.
    private struct Event {
        let type: String
        let id: String?
        let data: [String: String]
    }

    @Test("tell of jobs from their beginning to their end, of what they print, and of the status")
    func all() async throws {
        try await withDaemon { workplace in
            let stream = try await listen("/v1/events", workplace)
            let id = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            let bad = try #require(try await workplace.post("{\"item\":\"bad\"}").ids.first)
            try await #require(
                eventually {
                    let events = try self.events(in: stream)
                    return [id, bad].allSatisfy { job in events.contains { Self.isEnd($0, of: job) } }
                })
            let events = try self.events(in: stream)
            func states(_ job: Int) -> [String] {
                events.filter { $0.type == "job" && $0.data["job"] == "\(job)" }.compactMap { $0.data["state"] }
            }
            #expect(states(id) == ["pending", "running", "done"])
            #expect(states(bad) == ["pending", "running", "failed"])
            let end = try #require(events.first { Self.isEnd($0, of: bad) })
            #expect(end.data["error"] == "exited with 3: err" && end.data["exit_code"] == "3", "\(end.data)")
            #expect(
                end.data["pipeline"] == "mail" && end.data["attempt"] == "1"
                    && ["c1", "c2"].contains(end.data["consumer_id"]))
            let printed = events.filter { $0.type == "output" && $0.data["job"] == "\(id)" }
            #expect(printed.filter { $0.data["stream"] == "out" }.compactMap { $0.data["text"] }.joined() == "out é\n")
            #expect(printed.filter { $0.data["stream"] == "err" }.compactMap { $0.data["text"] }.joined() == "err\n")
            let numbers = events.compactMap { $0.id?.split(separator: "-").last.flatMap { Int($0) } }
            #expect(numbers == Array(numbers[0]..<numbers[0] + numbers.count), "none is left out")
            #expect(!stream.standardOutput.contains("bad"), "items may hold secrets, and are not told")
            let before = events.filter { $0.type == "status" }.count
            #expect(before > 0)
            try await #require(
                eventually { try self.events(in: stream).filter { $0.type == "status" }.count > before })
        }
    }

    @Test("go on where a client was, and say so if they can't")
    func comingBack() async throws {
        try await withDaemon { workplace in
            let first = try await listen("/v1/events?types=job", workplace)
            let id = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            try await #require(eventually { try self.events(in: first).contains { Self.isEnd($0, of: id) } })
            let known = try #require(try events(in: first).first?.id)
            first.kill(SIGKILL)
            _ = try await first.wait()
            let missed = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            try await workplace.wait(for: missed, toBe: "done")
            let again = try await listen("/v1/events?types=job", workplace, lastEvent: known)
            try await #require(eventually { try self.events(in: again).contains { Self.isEnd($0, of: missed) } })
            let events = try events(in: again)
            #expect(events.first?.data["state"] == "running" && events.first?.data["job"] == "\(id)")
            #expect(events.allSatisfy { $0.type == "job" })
            let stranger = try await listen("/v1/events", workplace, lastEvent: "1-1")
            try await #require(eventually { try self.events(in: stranger).first?.type == "gap" })
        }
    }

    @Test("are those of one job or pipeline, if only these are asked for")
    func some() async throws {
        try await withDaemon { workplace in
            let first = try #require(try await workplace.post("{\"item\":\"good\",\"delay\":\"1h\"}").ids.first)
            let stream = try await listen("/v1/events?job=\(first)&types=job,output&pipeline=mail", workplace)
            let other = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            try await workplace.wait(for: other, toBe: "done")
            #expect(try await workplace.request("POST", "/v1/jobs/\(first)/retry").status == 200)
            try await #require(eventually { try self.events(in: stream).contains { Self.isEnd($0, of: first) } })
            let events = try events(in: stream)
            #expect(events.allSatisfy { $0.data["job"] == "\(first)" } && events.contains { $0.type == "output" })
            for (query, status) in [
                ("types=jobs", 400), ("job=x", 400), ("colour=1", 400), ("pipeline=none", 404), ("job=999999", 404),
            ] {
                #expect(try await workplace.request("GET", "/v1/events?\(query)").status == status, "\(query)")
            }
        }
    }

    @Test("do not tell of a beginning of what was cancelled before")
    func cancelled() async throws {
        try await withDaemon { workplace in
            let stream = try await listen("/v1/events?types=job", workplace)
            let busy = try await workplace.post("{\"item\":\"slow\"}").ids + workplace.post("{\"item\":\"slow\"}").ids
            let queued = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            try await #require(
                eventually { try self.events(in: stream).filter { $0.data["state"] == "running" }.count == 2 })
            #expect(try await workplace.request("POST", "/v1/jobs/\(queued)/cancel").status == 200)
            for job in busy { #expect(try await workplace.request("POST", "/v1/jobs/\(job)/cancel").status == 200) }
            let last = try #require(try await workplace.post("{\"item\":\"good\"}").ids.first)
            try await #require(eventually { try self.events(in: stream).contains { Self.isEnd($0, of: last) } })
            let states = try events(in: stream).filter { $0.data["job"] == "\(queued)" }.compactMap { $0.data["state"] }
            #expect(states == ["pending", "cancelled"])
        }
    }

    private static func isEnd(_ event: Event, of job: Int) -> Bool {
        event.type == "job" && event.data["job"] == "\(job)" && ["done", "failed"].contains(event.data["state"])
    }

    private func listen(_ target: String, _ workplace: Workplace, lastEvent: String? = nil) async throws -> ChildProcess
    {
        let headers = lastEvent.map { ["-H", "Last-Event-ID: \($0)"] } ?? []
        let stream = try ChildProcess(
            "curl", ["-sN", "--unix-socket", workplace.socket] + headers + ["http://kata\(target)"],
            in: workplace.directory)
        try await #require(eventually { stream.standardOutput.contains("retry: 1000") })
        return stream
    }

    private func events(in stream: ChildProcess) throws -> [Event] {
        let text = stream.standardOutput
        // The last one may be cut.
        return try text.components(separatedBy: "\n\n").dropLast().compactMap { block in
            var fields: [Substring: Substring] = [:]
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { fields[parts[0]] = parts[1].dropFirst() }
            }
            guard let type = fields["event"], let data = fields["data"] else { return nil }
            let object = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] ?? [:]
            return Event(type: String(type), id: fields["id"].map(String.init), data: object.mapValues { "\($0)" })
        }
    }

    /// Runs a daemon, which has to end its streams when it ends.
    private func withDaemon(_ body: (Workplace) async throws -> Void) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(
            script:
                "case $KATA_ITEM in slow) exec sleep 60;; last) exec sleep 1;; esac; echo out é; echo err >&2; case $KATA_ITEM in bad*) exit 3;; esac",
            pipeline: "retry: { attempts: 1 }")
        let daemon = try workplace.startDaemon()
        try await workplace.waitForSocket()
        do {
            try await body(workplace)
            let stream = try await listen("/v1/events", workplace)
            let last = try #require(try await workplace.post("{\"item\":\"last\"}").ids.first)
            // Not any "running": the status tells that of the pipeline.
            try await #require(
                eventually {
                    try self.events(in: stream).contains { event in
                        event.type == "job" && event.data["job"] == "\(last)" && event.data["state"] == "running"
                    }
                })
            daemon.kill(SIGTERM)
            #expect(try await stream.wait() == 0, "a stream ends as it should")
            #expect(try events(in: stream).contains { Self.isEnd($0, of: last) }, "and not before the last event")
            #expect(try await daemon.wait() == 0, "\(daemon.standardError)")
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
    }
}
