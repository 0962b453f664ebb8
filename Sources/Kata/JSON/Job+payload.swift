import Foundation

extension Job {
    /// The item as a value: its JSON decoded, dates as ISO 8601. An item that is a text decodes as a `String`, or as
    /// what is made of one, such as an enumeration of texts.
    ///
    /// - Throws: ``JobFailure`` with a reason that names the field; trying again would not help.
    public func payload<Payload: Decodable>(as type: Payload.Type = Payload.self) throws -> Payload {
        if let text = item as? Payload { return text }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom(Self.date)
        do {
            return try decoder.decode(type, from: Data(item.utf8))
        } catch {
            // What was submitted as the JSON string "a" is kept as the text a. If the text does not decode as a JSON
            // string either, the first error says more.
            if let payload = try? decoder.decode(type, from: try JSONEncoder().encode(item)) { return payload }
            throw JobFailure((error as? DecodingError)?.reason(of: item) ?? "\(error)", retry: .never)
        }
    }

    /// As Foundation's own strategy, but with fractions of a second, and a failure names the field.
    private static func date(_ decoder: any Decoder) throws -> Date {
        let container = try decoder.singleValueContainer()
        guard let time = Timestamp(iso8601: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Expected a time such as 2026-01-31T12:00:00Z.")
        }
        return Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
    }
}

extension DecodingError {
    /// What is wrong with an item, for people.
    fileprivate func reason(of item: String) -> String {
        switch self {
        case .keyNotFound(let key, let context):
            "\(Self.place(context.codingPath)) has no '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(Self.place(context.codingPath)) is of another kind: \(Self.sentence(context.debugDescription))"
        // The decoder says the same of a number that is too large, or has a fraction where none fits.
        case .dataCorrupted(let context) where context.codingPath.isEmpty && Self.isJSON(item):
            "the item has a number that does not fit its field: \(Self.sentence(context.debugDescription))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            "the item is no JSON: \(Self.sentence(context.debugDescription))"
        case .dataCorrupted(let context):
            "\(Self.place(context.codingPath)) can't be read: \(Self.sentence(context.debugDescription))"
        @unknown default: "the item can't be read: \(self)"
        }
    }

    private static func isJSON(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            var scanner = JSONScanner(bytes)
            // What counts is whether the text is JSON, and not why it is none.
            return (try? scanner.compactText()) != nil && scanner.peek() == nil
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        let names = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return names.isEmpty ? "the item" : "the item's '\(names.joined(separator: "."))'"
    }

    /// The text without its full stop, and with a small letter at the beginning, as it goes on after a colon.
    private static func sentence(_ text: String) -> String {
        let text = text.hasSuffix(".") ? text.dropLast() : text[...]
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
