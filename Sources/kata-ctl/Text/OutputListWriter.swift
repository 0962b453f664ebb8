import KataAPI

/// Writes the output of a job as one document, part by part, so that it is never held as a whole.
struct OutputListWriter {
    private let id: Int64
    private var count = 0

    init(id: Int64) {
        self.id = id
    }

    mutating func add(_ part: OutputDocument) throws -> [UInt8] {
        let start = count == 0 ? "{\"id\":\(id),\"output\":[\n" : ",\n"
        count += 1
        return try Array(start.utf8) + JSON.encode(part)
    }

    /// - Parameter end: how the job is.
    func end(_ end: OutputDocument) throws -> [UInt8] {
        let start = count == 0 ? "{\"id\":\(id),\"output\":[" : "\n"
        // What the end has besides its type are the document's last fields.
        let fields = try String(decoding: JSON.encode(End(error: end.error, state: end.state)), as: UTF8.self)
            .dropFirst()
        return Array("\(start)],\(fields)\n".utf8)
    }

    private struct End: Encodable {
        let error: String?
        let state: String?
    }
}
