import Foundation

/// What `make fuzz` was told.
enum FuzzOptions {
    private static let environment = ProcessInfo.processInfo.environment
    /// Any, unless one was chosen.
    static let seed = environment["KATA_FUZZ_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999_999)
    /// How many inputs; `nil` for a short round.
    static let count = environment["KATA_FUZZ_COUNT"].flatMap { Int($0) }
}
