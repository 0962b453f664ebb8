import Dispatch
import Glibc
import KataTestSupport
import KataTesting
import Testing

@testable import Kata

@Suite("A thread for files", .timeLimit(.minutes(10)))
struct FileThreadTests {
    private let clock = ManualClock()
    private let thread: FileThread
    /// Holds up the work that waits for it.
    private let answer = DispatchSemaphore(value: 0)

    init() {
        thread = FileThread(name: "test", patience: .seconds(10), clock: clock)
    }

    @Test("does one piece of work after the other")
    func order() async throws {
        let notes = Notes<String>()
        try await withThrowingTaskGroup(of: Void.self) { [thread] group in
            for _ in 1...100 {
                group.addTask {
                    try await thread.perform(on: "x") {
                        notes.add("begins")
                        sched_yield()
                        notes.add("ends")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(notes.all == Array(repeatElement(["begins", "ends"], count: 100).joined()))
    }

    @Test("passes on what the work threw")
    func failure() async throws {
        let error = FileError(path: "x", operation: "open", code: 2)
        await #expect(throws: error) { try await thread.perform(on: "x") { throw error } }
        #expect(try await thread.perform(on: "x") { 1 } == 1)
    }

    @Test("tells all who wait when it shows no sign of life, does not what it has not begun, and goes on later")
    func silence() async throws {
        let thread = thread
        let notes = Notes<String>()
        async let first = outcome { [answer] in try await thread.perform(on: "gone") { answer.wait() } }
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        async let second = outcome { try await thread.perform(on: "other") { notes.add("done") } }
        // However soon the second piece of work comes, nothing has come from the first in twice the time.
        clock.advance(by: .seconds(10))
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        clock.advance(by: .seconds(10))
        #expect(await first == "'gone' gives no answer; its file system may have lost its server or its disk")
        #expect(await second.contains("gives no answer"))
        // Those who come now wait as long.
        async let third = outcome { try await thread.perform(on: "again") {} }
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        answer.signal()
        #expect(await third == "done")
        #expect(notes.all.isEmpty)
    }

    @Test("gives work that comes late all of its time")
    func late() async throws {
        let thread = thread
        try await thread.perform(on: "quick") {}
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        async let work = outcome { [answer] in try await thread.perform(on: "slow") { answer.wait() } }
        try await #require(eventually { thread.isAtWork })
        clock.advance(by: .seconds(10))
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        answer.signal()
        #expect(await work == "done")
    }

    @Test("is given more time with each sign of life")
    func progress() async throws {
        let thread = thread
        async let work = outcome { [answer] in try await thread.perform(on: "slow") { answer.wait() } }
        for _ in 1...10 {
            try await #require(eventually { clock.sleeps == [.seconds(10)] })
            thread.noteProgress()
            clock.advance(by: .seconds(10))
        }
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        answer.signal()
        #expect(await work == "done")
    }

    @Test("is left by a task that is cancelled")
    func cancellation() async throws {
        let task = Task { [thread, answer] in
            await outcome { try await thread.perform(on: "gone") { answer.wait() } }
        }
        try await #require(eventually { clock.sleeps == [.seconds(10)] })
        task.cancel()
        #expect(await task.value.contains("CancellationError"))
        answer.signal()
        #expect(try await thread.perform(on: "x") { 1 } == 1)
    }

    private func outcome(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return "done"
        } catch {
            return "\(error)"
        }
    }
}
