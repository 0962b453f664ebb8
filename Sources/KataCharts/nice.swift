import Foundation

/// The least of 1, 2 and 5 times a power of ten that is not below a value.
func nice(_ value: Double) -> Double {
    guard value > 0 else { return 1 }
    let power = pow(10, (log10(value)).rounded(.down))
    // What is a step already, but for the last digits, stays one.
    return ([1, 2, 5, 10].first { $0 * power >= value * (1 - 1e-9) } ?? 10) * power
}
