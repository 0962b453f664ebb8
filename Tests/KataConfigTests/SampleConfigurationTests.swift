import Foundation
import Testing

@Suite("The sample configuration")
struct SampleConfigurationTests {
    private static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appendingPathComponent("../../config").standardized

    @Test("shows every key that the schema knows, commented out or not")
    func keys() throws {
        let schema = try JSONSerialization.jsonObject(
            with: Data(contentsOf: Self.directory.appendingPathComponent("kata.schema.json")))
        let sample = try String(
            contentsOf: Self.directory.appendingPathComponent("kata.yaml"), encoding: .utf8)
        let keys = Self.keys(of: schema)
        #expect(keys.isSuperset(of: ["queue_size", "retention", "cancelled", "answer_timeout"]))
        for key in keys.sorted() {
            #expect(sample.contains(try Regex("(^|[ {#])\(key):").anchorsMatchLineEndings()), "\(key) is missing")
        }
    }

    private static func keys(of schema: Any) -> Set<String> {
        if let list = schema as? [Any] { return list.map(keys).reduce([]) { $0.union($1) } }
        guard let object = schema as? [String: Any] else { return [] }
        var found = Set((object["properties"] as? [String: Any] ?? [:]).keys)
        for value in object.values { found.formUnion(keys(of: value)) }
        return found
    }
}
