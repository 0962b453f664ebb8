/// What bodies are said to be.
enum MediaType {
    static let json = "application/json"
    /// A JSON document a line, which has several names.
    static let lines = ["application/x-ndjson", "application/ndjson", "application/jsonl"]
}
