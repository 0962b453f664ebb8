import Foundation

extension NewJob {
    /// A job whose item is that value as JSON, with sorted keys and dates as ISO 8601. A value that encodes as a JSON
    /// string becomes the text itself.
    ///
    /// - Throws: what the value throws when it is encoded.
    public init(payload: some Encodable) throws {
        if let text = payload as? String {
            self.init(item: text)
            return
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let json = try encoder.encode(payload)
        let isText = json.first == UInt8(ascii: "\"")
        self.init(
            item: isText ? try JSONDecoder().decode(String.self, from: json) : String(decoding: json, as: UTF8.self))
    }
}
