/// Time that only goes forward and at an even pace: for sleeps, timeouts, rates and durations.
///
/// All monotonic clocks have one type of instant, so that an instant can be kept where the clock's type is not known.
/// Instants of different clocks must not be compared.
public protocol MonotonicClock: Clock<Duration> where Instant == MonotonicInstant {}
