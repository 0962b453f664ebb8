import Foundation
import KataTestSupport
import Testing

extension Floods {
    /// Items of a megabyte, of which a daemon must never have more than a few in memory.
    @Suite("A daemon with large items", .timeLimit(.minutes(10)))
    struct LargeItemTests {
        private static let item = String(repeating: "x", count: 1 << 20)
        private static let count = 120
        /// Less than all items have, and more than a daemon needs.
        private static let memoryLimit = 150 << 20

        private let workplace: Workplace

        init() throws {
            workplace = try Workplace()
        }

        @Test("shows them in pieces, with a memory that does not grow with their number")
        func reading() async throws {
            try workplace.writeInbox(queue: 1, workers: 1)
            try await workplace.withDaemon { daemon in
                try await submit(Self.count)
                try await #require(eventually { try await workplace.count("jobs WHERE state = 'done'") == Self.count })

                let list = try await workplace.ctl("jobs", "--limit", "1000", "--json")
                #expect(list.output.utf8.count < 1 << 20)
                #expect(list.output.contains("\"item_bytes\" : 1048576") && list.output.contains("\"item_cut\" : true"))

                for options in [[], ["--database", workplace.database]] {
                    let arguments = ["export", "--socket", workplace.socket, "--output", "results"] + options
                    try await #expect(workplace.run(Binaries.kataControl, arguments).code == 0)
                    #expect(try workplace.read("results").utf8.count == Self.count * ("c1 | \n".utf8.count + 1 << 20))
                }

                let one = try await workplace.job(1)
                #expect(one.item == Self.item)
                let prune = ["--state", "done", "--older-than", "0s", "--archive", "archive"]
                let outcome = try await workplace.run(
                    Binaries.kataControl, ["prune", "--socket", workplace.socket, "mail"] + prune)
                #expect(outcome.code == 0, "\(outcome.errors)")
                #expect(try workplace.read("archive").utf8.count > (Self.count - 1) << 20)
                #expect(try daemon.peakMemory < Self.memoryLimit)
            }
        }

        @Test("says in its status what they begin with, and how long they are")
        func status() async throws {
            try workplace.writeInbox(
                queue: 1, workers: 100, consumer: "{ plugin: sleep, duration: 1h }", top: "drain_timeout: 0s")
            try await workplace.withDaemon { _ in
                try await submit(100)
                try await #require(eventually { try await running() == 100 })
                let status = try await workplace.ctl("status", "--json")
                #expect(status.code == 0, "\(status.errors)")
                #expect(status.output.utf8.count < 1 << 19)
                #expect(status.output.matches(of: /"item_bytes" : 1048576/).count == 100)
                let list = try await workplace.request("GET", "/v1/jobs?state=running&limit=3&before=90")
                let jobs = try #require(list.object["jobs"] as? [[String: Any]])
                #expect(jobs.compactMap { $0["id"] as? Int } == [89, 88, 87])
                #expect(list.object["next"] as? Int == 87)
            }
        }

        @Test("takes in only as many bodies at a time as it has room for, and answers others meanwhile")
        func bodies() async throws {
            try workplace.writeInbox()
            try await workplace.withDaemon { daemon in
                let address = try UnixAddress(workplace.socket)
                var connections: [(descriptor: Int32, sent: Int)] = []
                let head = "POST /v1/pipelines/mail/jobs HTTP/1.1\r\nHost: kata\r\nContent-Length: \(16 << 20)\r\n\r\n"
                for _ in 0..<100 {
                    let descriptor = try address.connected()
                    try #require(send(descriptor, head, head.utf8.count, Int32(MSG_NOSIGNAL)) == head.utf8.count)
                    connections.append((descriptor, 0))
                }
                defer { for connection in connections { close(connection.descriptor) } }
                let block = [UInt8](repeating: 0x20, count: 1 << 16)
                // All but a byte of what was announced, as far as the daemon takes it.
                let isTaken = try await eventually {
                    for index in connections.indices {
                        let rest = (16 << 20) - 1 - connections[index].sent
                        let count = send(
                            connections[index].descriptor, block, min(block.count, rest),
                            Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
                        connections[index].sent += max(0, count)
                    }
                    try await #expect(workplace.request("GET", "/v1/status").status == 200)
                    return connections.count { $0.sent == (16 << 20) - 1 } == 1
                }
                #expect(isTaken)
                #expect(try daemon.peakMemory < Self.memoryLimit)
            }
        }

        private func running() async throws -> Int {
            let answer = try await workplace.request("GET", "/v1/jobs?state=running&limit=1000")
            return answer.body.matches(of: /"state":"running"/).count
        }

        private func submit(_ count: Int) async throws {
            let line = #"{"item":"\#(Self.item)"}"# + "\n"
            for start in stride(from: 0, to: count, by: 10) {
                let lines = Array(String(repeating: line, count: min(10, count - start)).utf8)
                let answer = try await workplace.post(lines, type: "application/x-ndjson")
                try #require(answer.status == 201, "\(answer.body)")
            }
        }
    }
}

extension ChildProcess {
    /// How much memory the process had at a time, in bytes.
    fileprivate var peakMemory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
            let size = try #require(status.firstMatch(of: /VmHWM:\s*(\d+) kB/)?.output.1)
            return try #require(Int(size)) << 10
        }
    }
}
