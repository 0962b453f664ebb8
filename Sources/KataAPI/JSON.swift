public import Foundation

/// The one way in which documents become JSON: `snake_case` keys, in a fixed order.
public enum JSON {
    /// - Parameter isPretty: for people: with line breaks and indentation.
    /// - Throws: `EncodingError`, for a number that JSON does not have.
    public static func encode(_ document: some Encodable, isPretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document)
    }

    /// Reads what ``encode(_:isPretty:)`` wrote. Keys that the document does not have are passed over.
    ///
    /// - Throws: `DecodingError`.
    public static func decode<Document: Decodable>(_ type: Document.Type, from data: Data) throws -> Document {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data)
    }
}
