/// Counts values by size, eight classes to each doubling, so that any share of them can be told within an eighth of its value.
/// Its size does not grow with the number of values.
struct CostHistogram: Sendable {
    private static let bits = 3
    private var counts: [UInt64] = []
    private(set) var total: UInt64 = 0

    /// Takes in a value. One below zero counts as zero.
    mutating func add(_ value: Int64) {
        let index = Self.index(of: UInt64(max(0, value)))
        if index >= counts.count { counts += [UInt64](repeating: 0, count: index + 1 - counts.count) }
        counts[index] += 1
        total += 1
    }

    /// The value that this share of the values does not exceed; 0 if there are none.
    func quantile(_ share: Double) -> Int64 {
        let rank = max(1, UInt64((Double(total) * share).rounded(.up)))
        var count: UInt64 = 0
        for (index, more) in counts.enumerated() {
            count += more
            if count >= rank { return Self.middle(of: index) }
        }
        return 0
    }

    /// Small values have a class each.
    private static func index(of value: UInt64) -> Int {
        if value < 1 << (bits + 1) { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let fraction = Int(value >> UInt64(exponent - bits)) & (1 << bits - 1)
        return (exponent - bits) << bits + 1 << bits + fraction
    }

    private static func middle(of index: Int) -> Int64 {
        if index < 1 << (bits + 1) { return Int64(index) }
        let exponent = index >> bits + bits - 1
        let fraction = UInt64(index & (1 << bits - 1))
        let size = UInt64(1) << UInt64(exponent - bits)
        let start = (UInt64(1) << UInt64(bits) + fraction) * size
        return Int64(clamping: start + size / 2)
    }
}
