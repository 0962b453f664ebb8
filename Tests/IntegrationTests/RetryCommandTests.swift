import Foundation
import KataTestSupport
import Testing

@Suite("kata-ctl retry", .timeLimit(.minutes(10)))
struct RetryCommandTests {
    private let script = "test -e fixed || exit 65"

    @Test("gives a failed job one more attempt, and keeps the failed one")
    func failed() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "failed")
            try workplace.write("", to: "fixed")
            let outcome = try await workplace.ctl("retry", "\(id)")
            #expect((outcome.code, outcome.errors) == (0, ""))
            try await workplace.wait(for: id, toBe: "done")
            #expect(try await workplace.job(id).attempts?.map(\.outcome) == ["failed", "done"])
            let status = try await workplace.status().pipelines[0].counts
            #expect((status.done, status.failed) == (1, 0))
        }
    }

    @Test("--failed gives every failed job of a pipeline one more attempt")
    func allFailed() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "test -e fixed || test $KATA_ITEM = good || exit 65")
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["1", "2", "good", "3"])
            for id in [ids[0], ids[1], ids[3]] { try await workplace.wait(for: id, toBe: "failed") }
            try workplace.write("", to: "fixed")
            let outcome = try await workplace.ctl("retry", "--failed", "mail")
            #expect((outcome.code, outcome.output) == (0, "pipeline mail: 3 jobs get one more attempt\n"))
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
            #expect(try await workplace.count("results") == 4)
        }
    }

    @Test("gives a cancelled job an attempt, and does a scheduled one now")
    func cancelledAndScheduled() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let ids = try await workplace.submit(["a", "b"], "--in", "1h")
            #expect(try await workplace.ctl("cancel", "\(ids[0])").code == 0)
            #expect(try await workplace.ctl("retry", "\(ids[0])", "\(ids[1])").code == 0)
            for id in ids { try await workplace.wait(for: id, toBe: "done") }
        }
    }

    @Test("refuses a job that is done, and one that is not there", arguments: [true, false])
    func refused(isDone: Bool) async throws {
        let workplace = try Workplace()
        try workplace.writeInbox()
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["a"])[0]
            try await workplace.wait(for: id, toBe: "done")
            let outcome = try await workplace.ctl("retry", isDone ? "\(id)" : "999")
            #expect((outcome.code, outcome.output) == (64, ""))
            #expect(
                outcome.errors
                    == (isDone
                        ? "kata-ctl: job \(id) is done, so there is nothing to retry\n"
                        : "kata-ctl: there is no job 999\n"))
            #expect(try await workplace.count("results") == 1)
        }
    }

    @Test("gives a job that failed in a daemon's life before an attempt in this one")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: script)
        let first = try await workplace.startAnsweringDaemon()
        let id = try await workplace.submit(["a"])[0]
        try await workplace.wait(for: id, toBe: "failed")
        try await workplace.crash(first)
        try workplace.write("", to: "fixed")
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("retry", "\(id)").code == 0)
            try await workplace.wait(for: id, toBe: "done")
        }
    }

    @Test("and cancel end in a usage error without a job", arguments: [["retry"], ["cancel"], ["retry", "x"]])
    func usage(arguments: [String]) async throws {
        let workplace = try Workplace()
        let outcome = try await workplace.run(Binaries.kataControl, arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("Error: "))
    }
}
