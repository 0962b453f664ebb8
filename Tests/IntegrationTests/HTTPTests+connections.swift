import Foundation
import KataTestSupport
import Testing

/// What becomes of jobs where no server can be connected to.
extension HTTPTests {
    @Test(
        "is down where nobody can be connected to, which costs no job an attempt, and says why",
        arguments: [
            ("http://127.0.0.1:1/", "http://127.0.0.1:1/: Connection refused"),
            ("http://localhost:1/", "cannot connect to localhost:1: Connection refused"),
            ("http://nowhere.invalid/", "cannot connect to nowhere.invalid:80: its address is not known"),
        ])
    func unreachable(url: String, reason: String) async throws {
        try workplace.writeInbox(consumer: "{ plugin: http, url: '\(url)' }")
        try await workplace.withDaemon { daemon in
            let ids = try await workplace.submit(["x", "y", "z"])
            try await #require(eventually { try await workplace.status().pipelines[0].state == "waiting" })
            let told = try await workplace.status().pipelines[0].reason
            #expect(told?.contains(reason) == true, "\(told ?? "no reason")")
            // Twice, so that a job has come back.
            try await #require(
                eventually { try await workplace.query("SELECT max(error) FROM jobs").contains(reason) })
            // Unless it is just the one that tries.
            try await #expect(
                eventually {
                    try await workplace.ctl("explain", "\(ids[0])").output
                        .contains("the handler of its pipeline is down since")
                })
            #expect(try await workplace.count("attempts") == 0)
            #expect(try await workplace.query("SELECT max(attempt), max(interruptions) FROM jobs") == "1 | 0\n")
        }
    }

    @Test("sends the jobs that waited for the server when it is there")
    func comesBack() async throws {
        let port = try ReservedPort()
        try workplace.writeInbox(consumer: "{ plugin: http, url: 'http://127.0.0.1:\(port.number)/status/200' }")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit((1...5).map(String.init))
            try await #require(eventually { try await workplace.status().pipelines[0].state == "waiting" })
            let server = try await startServer(port: port.number)
            defer { server.process.kill(SIGKILL) }
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            #expect(try await workplace.query("SELECT max(attempt) FROM jobs") == "1\n")
        }
    }

    @Test("counts an attempt where the item says where to go, because others may go elsewhere")
    func itemUnreachable() async throws {
        try workplace.writeInbox(
            consumer: "{ plugin: http, url: '{item}', allow_hosts: [127.0.0.0/8, nowhere.invalid] }", pipeline: late)
        try await workplace.withDaemon { _ in
            for url in ["http://127.0.0.1:1/", "http://nowhere.invalid/"] {
                let id = try await workplace.submit([url])[0]
                try await workplace.wait(for: id, toBe: "scheduled")
                #expect(try await workplace.job(id).attempt == 2)
            }
            #expect(try await workplace.status().pipelines[0].state != "waiting")
        }
    }
}
