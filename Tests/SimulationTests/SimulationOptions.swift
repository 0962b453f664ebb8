import Foundation

/// What `make simulate` was told.
enum SimulationOptions {
    private static let environment = ProcessInfo.processInfo.environment
    /// Of the first simulation, unless one was chosen: any in a long round, the same one in each short round. The next ones
    /// count on from it.
    static let seed =
        environment["KATA_SIMULATION_SEED"].flatMap { UInt64($0) }
        ?? (seconds == nil ? shortRound.seed : .random(in: 1...999_999_999))
    /// How long simulations are made; `nil` for a short round.
    static let seconds = environment["KATA_SIMULATION_SECONDS"].flatMap { Double($0) }
    /// Whether to go on after a simulation in which something was wrong.
    static let goesOn = environment["KATA_SIMULATION_GOES_ON"] != nil
    /// How many simulations are made at the most.
    static let count =
        environment["KATA_SIMULATION_COUNT"].flatMap { Int($0) } ?? (seconds == nil ? shortRound.count : .max)
    /// Simulations that are known to end well, so that a change of Kata is what is wrong if one does not.
    private static let shortRound: (seed: UInt64, count: Int) = (1, 2_000)
}
