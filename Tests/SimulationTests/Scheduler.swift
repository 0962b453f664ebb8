import CSimulation
import Synchronization

/// Runs all tasks of a simulation on the thread that made it, one step after the other, in an order that chance decides.
///
/// A step goes from one point where a task waits to the next. With ``Habit/switchProbability``, a step ends already where an
/// asynchronous function is called or returns, as if the thread had been taken from it there: such a step runs on a task executor
/// that is not its task's own, so that Swift's runtime enqueues the task again at each of these points.
final class Scheduler {
    /// How the next step is chosen. Different habits find different mistakes.
    struct Habit {
        enum Order: CaseIterable {
            case any, mostlyOldest, mostlyNewest
        }

        var order = Order.any
        var switchProbability = 0.0
    }

    /// The steps that could be run now, in the order in which they became ready.
    private final class Ready: TaskExecutor {
        let jobs = Mutex<[UnownedJob]>([])

        func enqueue(_ job: UnownedJob) { jobs.withLock { $0.append(job) } }

        /// Not called, or by tasks that yield.
        func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }
    }

    private let ready = Ready()
    private let chance: Chance
    private let habit: Habit
    private(set) var steps = 0

    init(_ chance: Chance, _ habit: Habit) {
        self.chance = chance
        self.habit = habit
        csimulation_capture(
            { context, job in
                guard let context, let job else { return }
                let ready = Unmanaged<Ready>.fromOpaque(context).takeUnretainedValue()
                ready.enqueue(unsafeBitCast(job, to: UnownedJob.self))
            }, Unmanaged.passUnretained(ready).toOpaque())
    }

    /// Has tasks that become ready on this thread run as they do elsewhere. To be called when all tasks are done.
    func end() {
        csimulation_capture(nil, nil)
    }

    var readyCount: Int { ready.jobs.withLock { $0.count } }

    /// Runs the next step, if there is one.
    ///
    /// - Returns: the place of the step among those that were ready; `nil` if there was none.
    @discardableResult
    func step() -> Int? {
        let count = readyCount
        if count == 0 { return nil }
        let place = choose(count)
        let job = ready.jobs.withLock { $0.remove(at: place) }
        steps += 1
        if chance.happens(habit.switchProbability) {
            job.runSynchronously(on: ready.asUnownedTaskExecutor())
        } else {
            csimulation_run(unsafeBitCast(job, to: UnsafeMutableRawPointer.self))
        }
        return place
    }

    private func choose(_ count: Int) -> Int {
        switch habit.order {
        case .any: chance.number(in: 0...count - 1)
        case .mostlyOldest: chance.happens(0.2) ? chance.number(in: 0...count - 1) : 0
        case .mostlyNewest: chance.happens(0.3) ? chance.number(in: 0...count - 1) : count - 1
        }
    }
}
