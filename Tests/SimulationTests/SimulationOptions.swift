import Foundation

/// What `make simulate` was told.
enum SimulationOptions {
    private static let environment = ProcessInfo.processInfo.environment
    /// Of the first simulation; any, unless one was chosen. The next ones count on from it.
    static let seed = environment["KATA_SIMULATION_SEED"].flatMap { UInt64($0) } ?? .random(in: 1...999_999_999)
    /// How long simulations are made; `nil` for a short round.
    static let seconds = environment["KATA_SIMULATION_SECONDS"].flatMap { Double($0) }
    /// How many simulations are made at the most.
    static let count = environment["KATA_SIMULATION_COUNT"].flatMap { Int($0) } ?? .max
}
