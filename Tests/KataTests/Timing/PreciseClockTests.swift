import KataTestSupport
import KataTesting
import Synchronization
import Testing

@testable import Kata

extension Timing {
    @Suite("The precise clock", .timeLimit(.minutes(10)))
    struct PreciseClockTests {
        private let clock = PreciseClock()

        @Test("sleeps no shorter than asked and hardly longer")
        func sleepsPrecisely() async throws {
            // Other tests may keep the machine busy for a while, so more than one round counts.
            let isPrecise = try await eventually {
                let overshoots = try await Self.overshoots(of: 100)
                #expect(overshoots[0] >= .zero)
                // 1 µs on a machine with nothing else to do; the limit is for one that has.
                return overshoots[50] < .milliseconds(1)
            }
            #expect(isPrecise)
        }

        /// How much longer than asked it sleeps, in order of size.
        private static func overshoots(of count: Int) async throws -> [Duration] {
            let clock = PreciseClock()
            var generator = SeededGenerator(seed: 1)
            var overshoots: [Duration] = []
            for _ in 0..<count {
                let duration = Duration.microseconds(Int.random(in: 1_000...10_000, using: &generator))
                let start = clock.now
                try await clock.sleep(for: duration)
                overshoots.append(start.duration(to: clock.now) - duration)
            }
            return overshoots.sorted()
        }

        @Test("is never early for short sleeps, the shortest included")
        func neverEarly() async throws {
            for nanoseconds in [1, 2, 10, 100, 1_000, 10_000, 100_000] {
                for _ in 0..<20 {
                    let deadline = clock.now.advanced(by: .nanoseconds(nanoseconds))
                    try await clock.sleep(until: deadline)
                    #expect(clock.now >= deadline)
                }
            }
        }

        @Test(
            "returns at once if the deadline is past", arguments: [Duration.zero, .seconds(-1), .seconds(-1_000_000)])
        func pastDeadline(offset: Duration) async throws {
            let executor = StepExecutor()
            let task = Task(executorPreference: executor) { [clock] in try await clock.sleep(for: offset) }
            let isOver = Notes<Bool>()
            Task(executorPreference: executor) {
                try await task.value
                isOver.add(true)
            }
            // Nothing but the timer could resume it later.
            executor.runUntilIdle()
            #expect(isOver.all == [true])
        }

        @Test("ends a long sleep at once when its task is cancelled")
        func cancelled() async throws {
            let executor = StepExecutor()
            let task = Task(executorPreference: executor) { [clock] in try await clock.sleep(for: .seconds(3_600)) }
            executor.runUntilIdle()
            let start = clock.now
            task.cancel()
            executor.runUntilIdle()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(start.duration(to: clock.now) < .seconds(60))
        }

        @Test("does not let a cancelled task begin to sleep", arguments: [Duration.seconds(3_600), .zero])
        func cancelledBefore(duration: Duration) async throws {
            let executor = StepExecutor()
            let task = Task(executorPreference: executor) { [clock] in try await clock.sleep(for: duration) }
            task.cancel()
            executor.runUntilIdle()
            await #expect(throws: CancellationError.self) { try await task.value }
        }

        @Test("bears the longest durations", arguments: [Duration.seconds(Int64.max), .seconds(365 * 24 * 3_600)])
        func longest(duration: Duration) async throws {
            let executor = StepExecutor()
            let task = Task(executorPreference: executor) { [clock] in try await clock.sleep(for: duration) }
            executor.runUntilIdle()
            task.cancel()
            executor.runUntilIdle()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(clock.now.advanced(by: duration) > clock.now)
        }

        @Test("wakes the others in time after sleepers were cancelled around them")
        func cancelledAroundOthers() async throws {
            let long = (0..<1_000).map { index in
                Task { [clock] in try await clock.sleep(for: .seconds(3_600) + .milliseconds(index)) }
            }
            let early = Task { [clock] in try await clock.sleep(for: .milliseconds(20)) }
            let deadline = clock.now.advanced(by: .milliseconds(30))
            let others = (0..<100).map { _ in
                Task { [clock] in
                    try await clock.sleep(until: deadline)
                    return clock.now
                }
            }
            early.cancel()
            for task in long { task.cancel() }
            for task in others { try await #expect(task.value >= deadline) }
            for task in long { await #expect(throws: CancellationError.self) { try await task.value } }
        }

        @Test("wakes ten thousand sleepers in the order of their deadlines, none of them early")
        func manySleepers() async throws {
            let executor = StepExecutor()
            let woken = Notes<(deadline: MonotonicInstant, at: MonotonicInstant)>()
            var generator = SeededGenerator(seed: 2)
            let start = clock.now.advanced(by: .milliseconds(1_500))
            let deadlines = (0..<10_000).map { start.advanced(by: .microseconds($0 * 20)) }.shuffled(using: &generator)
            for deadline in deadlines {
                Task(executorPreference: executor) { [clock] in
                    try await clock.sleep(until: deadline)
                    woken.add((deadline, clock.now))
                }
            }
            executor.runUntilIdle()
            // Those that were due before everybody slept may come out of order; on a fast machine there are none.
            let allSleep = clock.now
            try await #expect(
                eventually {
                    executor.runUntilIdle()
                    return woken.all.count == 10_000
                })
            #expect(woken.all.allSatisfy { $0.at >= $0.deadline })
            let inOrder = woken.all.map(\.deadline).filter { $0 > allSleep }
            // Who is woken before the deadline, because waking takes time, and is early, sleeps again and may lose its turn
            // to those whose deadlines are hardly later.
            // That is 0.2 ms, but for the few who were interrupted just then.
            var latest = allSleep
            let outOfOrder = inOrder.count { deadline in
                latest = max(latest, deadline)
                return deadline.duration(to: latest) > .microseconds(250)
            }
            #expect(outOfOrder < 100)
            #expect(inOrder.count > 1_000, "too few slept at the same time to mean anything")
        }
    }
}
