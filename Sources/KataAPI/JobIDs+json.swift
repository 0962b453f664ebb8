public import Kata

extension JobIDs: Encodable {
    /// Writes a list of ids and ranges of ids, such as `[17, "20-29"]`, the form of `after` in a job.
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
