import Kata
import KataTestSupport

/// Knows what it has seen, and can do nothing once it was stopped.
final class Cache: JobHandler {
    private let lives: Notes<String>
    private let seen = Notes<String>()
    private let isStopped = Latch()

    init(lives: Notes<String>) {
        self.lives = lives
        lives.add("made")
    }

    func handle(_ job: Job, in context: JobContext) async throws {
        if isStopped.isOpen { throw JobFailure("it was stopped") }
        lives.add("\(job.item) is \(seen.all.isEmpty ? "new" : "not new")")
        seen.add(job.item)
    }

    func stop() async {
        isStopped.open()
        lives.add("stopped")
    }
}
