import KataTestSupport
import Testing

@testable import Kata

@Suite("Cancellation by a signal", .timeLimit(.minutes(1)))
struct WithCancellationTests {
    private struct Failure: Error, Equatable {}

    private let signal = Signal()

    @Test("returns what the body returned, if the signal never fires")
    func returns() async throws {
        try await #expect(withCancellation(on: signal) { 7 } == 7)
        #expect(!signal.hasFired)
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
        let isUnderWay = Signal()
        let notes = Notes<String>()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.fire()
                do {
                    try await Signal().wait()
                } catch {
                    notes.add("\(type(of: error))")
                }
                return 7
            }
        }
        try await isUnderWay.wait()
        signal.fire()
        try await #expect(task.value == 7)
        #expect(notes.all == ["CancellationError"])
    }

    @Test("throws the cancellation that the body threw")
    func throwsCancellation() async throws {
        let isUnderWay = Signal()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.fire()
                try await Signal().wait()
            }
        }
        try await isUnderWay.wait()
        signal.fire()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("cancels the body at once if the signal has fired already")
    func firedBefore() async throws {
        signal.fire()
        let waitForEver: @Sendable () async throws -> Void = { try await Signal().wait() }
        await #expect(throws: CancellationError.self) { try await withCancellation(on: signal, waitForEver) }
    }

    @Test("cancels the body when its own task is cancelled")
    func taskIsCancelled() async throws {
        let isUnderWay = Signal()
        let task = Task { [signal] in
            try await withCancellation(on: signal) {
                isUnderWay.fire()
                try await Signal().wait()
            }
        }
        try await isUnderWay.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
