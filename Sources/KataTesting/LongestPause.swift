/// Has what is drawn by chance be as large as it can be: a job is tried again after the longest time that its pipeline's policy
/// allows, and so always after the same one.
struct LongestPause: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}
