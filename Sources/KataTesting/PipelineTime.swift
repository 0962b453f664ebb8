import Kata
import Synchronization

/// The two clocks of a test's pipeline, which go together.
final class PipelineTime: Sendable {
    /// Those of the pipeline whose plugins are being made; `nil` outside of that.
    @TaskLocal static var current: PipelineTime?

    let clock: ManualClock
    let wallClock: ManualWallClock
    /// What has passed and is less than civil time tells.
    private let rest = Mutex(Duration.zero)

    init(_ clock: ManualClock, _ wallClock: ManualWallClock) {
        self.clock = clock
        self.wallClock = wallClock
    }

    /// How long it is until something happens by itself; `nil` if nothing will.
    var nextWake: Duration? {
        let now = wallClock.now()
        return [clock.sleeps.first, wallClock.deadlines.first.map { now.duration(to: $0) }].compactMap { $0 }.min()
    }

    func pass(_ time: Duration) {
        let milliseconds = rest.withLock { rest in
            rest += time
            let whole = Duration.milliseconds(rest.milliseconds)
            rest -= whole
            return whole
        }
        clock.advance(by: time)
        wallClock.advance(by: milliseconds)
    }

    /// Whether that is the time of one of the clocks.
    func includes(_ time: AnyObject) -> Bool { clock.time === time || wallClock.time === time }
}
