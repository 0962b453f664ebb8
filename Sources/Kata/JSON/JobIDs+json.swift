/// The form of `after` in a job: a list of ids and ranges of ids, such as `[17, "20-29"]`.
extension JobIDs: Encodable {
    /// Writes the ids and ranges of ids in their order.
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

    /// Reads compact JSON; `nil` if it is anything else than such a list, or has more than `limit` ids.
    init?(json text: String, limit: Int) {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
        self.init()
        var count = 0
        for part in text.dropFirst().dropLast().split(separator: ",") {
            let bounds = part.first == "\"" ? part.dropFirst().dropLast().split(separator: "-") : [part, part]
            guard bounds.count == 2, let first = Job.ID(bounds[0]), let last = Job.ID(bounds[1]), 1 <= first,
                first <= last, last - first < limit
            else { return nil }
            append(first...last)
            count += Int(last - first) + 1
            if count > limit { return nil }
        }
    }
}

extension JobIDs: Decodable {
    /// Reads ids and ranges of ids.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        self.init()
        while !list.isAtEnd {
            // A text is no fault here: it is read below.
            if let id = try? list.decode(Job.ID.self) {
                append(id...id)
                continue
            }
            let text = try list.decode(String.self)
            let bounds = text.split(separator: "-", omittingEmptySubsequences: false).compactMap { Job.ID($0) }
            guard bounds.count == 2, 1 <= bounds[0], bounds[0] <= bounds[1] else {
                throw DecodingError.dataCorruptedError(in: list, debugDescription: "'\(text)' is no range of ids")
            }
            append(bounds[0]...bounds[1])
        }
    }
}
