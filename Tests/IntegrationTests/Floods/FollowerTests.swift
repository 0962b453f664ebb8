import Foundation
import KataTestSupport
import Testing

extension Floods {
    @Suite("Those who follow the output of a job", .timeLimit(.minutes(10)))
    struct FollowerTests {
        @Test("of a flood have the daemon hold nothing for those who read, and drop who does not, which is told so")
        func stuck() async throws {
            let workplace = try Workplace()
            try workplace.writeInbox(
                script: "while [ ! -e go ]; do yes | head -c 1000000; done; echo end")
            try await workplace.withDaemon { daemon in
                let id = try await workplace.submit(["x"])[0]
                let before = try residentSize(of: daemon.pid)
                let readers = try (0..<4).map { _ in
                    try ChildProcess(
                        "sh",
                        [
                            "-c",
                            "'\(Binaries.kataControl)' logs -f \(id) --socket '\(workplace.socket)' | tail -c 1000",
                        ],
                        in: workplace.directory)
                }
                // It asks, and does not read.
                let stuck = try UnixAddress(workplace.socket).connected()
                defer { close(stuck) }
                let request = Array("GET /v1/jobs/\(id)/output?follow=true HTTP/1.1\r\nHost: kata\r\n\r\n".utf8)
                #expect(send(stuck, request, request.count, Int32(MSG_NOSIGNAL)) == request.count)
                try await #expect(
                    eventually { daemon.standardError.contains("a client that does not read is dropped") })
                #expect(try residentSize(of: daemon.pid) - before < 32 << 20)
                try workplace.write("", to: "go")
                for reader in readers {
                    #expect(try await reader.wait() == 0)
                    #expect(reader.standardOutput.hasSuffix("\nend\n"))
                }
                let answer = await onReaderThread { RawHTTP.readAll(of: stuck) }
                #expect(
                    String(decoding: answer.suffix(200), as: UTF8.self).contains("is followed no more]\n\r\n0\r\n\r\n"))
            }
        }

        private func onReaderThread(_ body: @escaping @Sendable () -> [UInt8]) async -> [UInt8] {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: body()) }
            }
        }

        private func residentSize(of pid: pid_t) throws -> Int {
            let pages = try String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8).split(separator: " ")[1]
            return try #require(Int(pages)) * Int(getpagesize())
        }
    }
}
