import Kata
import KataTestSupport
import Testing

@testable import KataServer

@Suite("Answers about one job", .timeLimit(.minutes(10)))
struct SharedAnswersTests {
    private struct Failed: Error {}

    @Test("that many ask for at once are made once, and again for those who ask later")
    func once() async throws {
        let answers = SharedAnswers()
        let made = Notes<Int>()
        let isBegun = Latch()
        let mayEnd = Latch()
        @Sendable func ask(_ number: Int) async throws -> HTTPResponse {
            try await answers.answer(about: 1) {
                made.add(number)
                isBegun.open()
                try await mayEnd.wait()
                return HTTPResponse(json: "x".utf8)
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await ask(1) }
            try await isBegun.wait()
            let others = StartCount(3)
            for number in 2...4 {
                group.addTask {
                    others.begin()
                    _ = try await ask(number)
                }
            }
            try await others.allBegun.wait()
            mayEnd.open()
            try await group.waitForAll()
        }
        // Others may have asked only when the first answer was there.
        #expect(made.all.first == 1)
        let before = made.all.count
        _ = try await ask(9)
        #expect(made.all.count == before + 1)
    }

    @Test("are made by somebody else where the first one fails")
    func failure() async throws {
        let answers = SharedAnswers()
        let isBegun = Latch()
        let mayFail = Latch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: Failed.self) {
                    _ = try await answers.answer(about: 1) {
                        isBegun.open()
                        try await mayFail.wait()
                        throw Failed()
                    }
                }
            }
            try await isBegun.wait()
            group.addTask { _ = try await answers.answer(about: 1) { HTTPResponse(json: "x".utf8) } }
            mayFail.open()
            try await group.waitForAll()
        }
        _ = try await answers.answer(about: 2) { HTTPResponse(json: "y".utf8) }
    }
}

/// Opens once so many have begun.
private final class StartCount: Sendable {
    let allBegun = Latch()
    private let notes = Notes<Int>()
    private let count: Int

    init(_ count: Int) {
        self.count = count
    }

    func begin() {
        notes.add(1)
        if notes.all.count >= count { allBegun.open() }
    }
}
