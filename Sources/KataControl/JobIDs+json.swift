public import Kata

extension JobIDs: Encodable {
    /// Ids and ranges of them, such as `[17, "20-29"]`.
    public func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for range in ranges {
            if range.count == 1 {
                try list.encode(range.lowerBound)
            } else {
                try list.encode("\(range.lowerBound)-\(range.upperBound)")
            }
        }
    }
}
