import KataTestSupport
import Testing

@testable import Kata

@Suite("Cancellation by a signal", .timeLimit(.minutes(10)))
struct WithCancellationTests {
    private struct Failure: Error, Equatable {}

    private let signal = Latch()

    @Test("returns what the body returned, if the signal never fires")
    func returns() async throws {
        try await #expect(withCancellation(on: signal) { 7 } == 7)
        #expect(!signal.isOpen)
    }

    @Test("returns an optional that the body returned as it is")
    func returnsNil() async throws {
        let nothing: Int? = try await withCancellation(on: signal) { nil }
        #expect(nothing == nil)
    }

    @Test("throws what the body threw")
    func throwsError() async throws {
        let fail: @Sendable () async throws -> Int = { throw Failure() }
        await #expect(throws: Failure()) { try await withCancellation(on: signal, fail) }
    }

    @Test("cancels the body when the signal fires, and waits for it")
    func cancels() async throws {
        let isUnderWay = Latch()
        let notes = Notes<String>()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.open()
                do {
                    try await Latch().wait()
                } catch {
                    notes.add("\(type(of: error))")
                }
                return 7
            }
        }
        try await isUnderWay.wait()
        signal.open()
        try await #expect(task.value == 7)
        #expect(notes.all == ["CancellationError"])
    }

    @Test("throws the cancellation that the body threw")
    func throwsCancellation() async throws {
        let isUnderWay = Latch()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.open()
                try await Latch().wait()
            }
        }
        try await isUnderWay.wait()
        signal.open()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("cancels the body at once if the signal has fired already")
    func firedBefore() async throws {
        signal.open()
        let waitForEver: @Sendable () async throws -> Void = { try await Latch().wait() }
        await #expect(throws: CancellationError.self) { try await withCancellation(on: signal, waitForEver) }
    }

    @Test("cancels the body when its own task is cancelled")
    func taskIsCancelled() async throws {
        let isUnderWay = Latch()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.open()
                try await Latch().wait()
            }
        }
        try await isUnderWay.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
