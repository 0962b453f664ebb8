import Glibc
import Kata

/// Time since the start of the machine, while it sleeps, too: a lease goes on meanwhile.
enum BootClock {
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
