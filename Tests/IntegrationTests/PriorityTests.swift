import Foundation
import KataTestSupport
import Testing

@Suite("Priorities", .timeLimit(.minutes(10)))
struct PriorityTests {
    @Test("decide the order, and within one it is that of submission")
    func order() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            for (item, priority) in [("a", 0), ("b", -100), ("c", 100), ("d", 5), ("e", 100), ("f", 0), ("g", 5)] {
                try await workplace.submit([item], "--priority=\(priority)")
            }
            try await resume(workplace, until: 7)
            #expect(try await workplace.query("SELECT item FROM results") == "c\ne\nd\ng\na\nf\nb\n")
        }
    }

    @Test("hold across a restart")
    func restart() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        let first = try await workplace.startAnsweringDaemon()
        #expect(try await workplace.ctl("pause", "mail").code == 0)
        for (item, priority) in [("a", 0), ("b", 9), ("c", -9)] {
            try await workplace.submit([item], "--priority=\(priority)")
        }
        try await workplace.crash(first)
        try await workplace.withDaemon { _ in
            try await resume(workplace, until: 3)
            #expect(try await workplace.query("SELECT item FROM results") == "b\na\nc\n")
        }
    }

    @Test("let no job wait for ever: now and then the oldest has its turn")
    func ageing() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(workers: 1)
        try await workplace.withDaemon { _ in
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            try await workplace.submit(["old"], "--priority=-100")
            try await workplace.submit((1...100).map { "\($0)" }, "--priority=100")
            try await resume(workplace, until: 101)
            let items = try await workplace.query("SELECT item FROM results").split(separator: "\n")
            #expect(try #require(items.firstIndex(of: "old")) < 50)
            // The others keep their order.
            #expect(items.filter { $0 != "old" }.compactMap { Int($0) } == Array(1...100))
        }
    }

    @Test("of a job that failed are kept when it is tried again")
    func retried() async throws {
        let workplace = try Workplace()
        try workplace.writeInbox(script: "test -e fixed || exit 65", workers: 1)
        try await workplace.withDaemon { _ in
            let id = try await workplace.submit(["high"], "--priority=9")[0]
            try await workplace.wait(for: id, toBe: "failed")
            #expect(try await workplace.ctl("pause", "mail").code == 0)
            try await workplace.submit(["low", "low"])
            try workplace.write("", to: "fixed")
            #expect(try await workplace.ctl("retry", "\(id)").code == 0)
            try await resume(workplace, until: 3)
            #expect(try await workplace.query("SELECT item FROM results") == "high\nlow\nlow\n")
        }
    }

    private func resume(_ workplace: Workplace, until count: Int) async throws {
        #expect(try await workplace.ctl("resume", "mail").code == 0)
        try await #require(eventually { try await workplace.count("results") == count })
    }
}
