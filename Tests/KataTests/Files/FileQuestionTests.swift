import Dispatch
import Glibc
import Testing

@testable import Kata

@Suite("A question about files", .timeLimit(.minutes(10)), .serialized)
struct FileQuestionTests {
    @Test("has its answer")
    func answer() {
        #expect(FileQuestion.ask { 1 } == 1)
    }

    @Test("is left without one after a while, and the next ones sooner, but for those that are answered")
    func silence() async throws {
        let answer = DispatchSemaphore(value: 0)
        let start = ContinuousClock.now
        let answered: Void? = FileQuestion.ask(.optional) { answer.wait() }
        #expect(answered == nil)
        let first = start.duration(to: .now)
        // The short ones are many, so that a machine that hesitates does not matter.
        for _ in 1...10 {
            let answered: Void? = FileQuestion.ask(.optional) { answer.wait() }
            #expect(answered == nil)
        }
        #expect(first >= .seconds(3))
        let all = start.duration(to: .now)
        #expect(all < first + .seconds(30))
        // What is needed has its time all the same.
        let slow = FileQuestion.ask {
            usleep(500_000)
            return 1
        }
        #expect(slow == 1)
        for _ in 1...11 { answer.signal() }
    }
}
