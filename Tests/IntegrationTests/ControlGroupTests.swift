import Foundation
import KataTestSupport
import Testing

@Suite(
    "A daemon with a control group to divide", .timeLimit(.minutes(10)),
    .enabled(if: DaemonGroup.isPossible, "there is no control group of version 2 that can be divided"))
struct ControlGroupTests {
    private let workplace: Workplace
    private let group: DaemonGroup

    init() async throws {
        workplace = try Workplace()
        group = try await DaemonGroup(workplace)
    }

    @Test("ends what a job has left in a session of its own, and what a killed one has left")
    func leftovers() async throws {
        let escape = "setsid sh -c \"echo \\$\\$ > new; mv new $KATA_ITEM; exec sleep 1000\" &"
        try workplace.writeInbox(
            script: "\(escape) until [ -e $KATA_ITEM ]; do sleep 0.01; done; [ $KATA_ITEM != hangs ] || sleep 1000")
        let first = try await workplace.answering(group.startDaemon(in: workplace))
        let done = try await workplace.submit(["ends"])
        try await workplace.wait(for: done[0], toBe: "done")
        try await expectIsGone("ends")
        try await workplace.submit(["hangs"])
        try await #require(eventually { FileManager.default.fileExists(atPath: workplace.path("hangs")) })
        let left = try process("hangs")
        try await workplace.crash(first)
        #expect(kill(left, 0) == 0)
        try workplace.writeInbox(script: "true")
        let second = try await workplace.answering(group.startDaemon(in: workplace))
        try await #expect(eventually { kill(left, 0) != 0 })
        second.kill(SIGTERM)
        #expect(try await second.wait() == 0, "\(second.standardError)")
    }

    @Test("refuses to start with a limit that would not hold")
    func faulty() async throws {
        try workplace.writeInbox(script: "true", keys: "cgroup: { memory: 64M },")
        let outcome = try await workplace.runDaemon()
        #expect(outcome.code == 78)
        #expect(outcome.errors.contains("memory can't be limited: "))
        #expect(try await workplace.runDaemon("--check").code == 0)
    }

    private func process(_ name: String) throws -> pid_t {
        try #require(pid_t(workplace.read(name).trimmingCharacters(in: .newlines)))
    }

    private func expectIsGone(_ name: String) async throws {
        let process = try process(name)
        try await #expect(eventually { kill(process, 0) != 0 })
    }
}
