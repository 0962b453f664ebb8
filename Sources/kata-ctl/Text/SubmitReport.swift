import Kata
import KataAPI
import KataCommand

/// Tells the ids of submitted jobs: for people a line each, as soon as they are known, and as JSON one document at the
/// end.
struct SubmitReport {
    private let isJSON: Bool
    /// In the order in which they were submitted.
    private(set) var ids = JobIDs()
    private var duplicates = JobIDs()

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// Takes in what a request was answered.
    ///
    /// - Throws: ``FileError``.
    mutating func add(_ submitted: SubmitDocument) throws {
        for id in submitted.ids { ids.append(id...id) }
        for id in submitted.duplicates { duplicates.append(id...id) }
        if isJSON { return }
        var text: [UInt8] = []
        for id in submitted.ids { text += Array("\(id)\n".utf8) }
        try StandardOutput.write(text)
        for id in submitted.duplicates { printError("kata-ctl: job \(id) was there before, under the same unique key") }
    }

    /// Prints the document, if there is to be one.
    ///
    /// - Throws: ``FileError``.
    func finish() throws {
        if isJSON {
            try StandardOutput.write(SubmitDocument(ids: ids, duplicates: duplicates).json + [UInt8(ascii: "\n")])
        }
    }

    /// What was submitted, and what became of it.
    private struct Whole: Encodable {
        let ids: [Int64]
        let duplicates: [Int64]
        let outcome: WaitOutcome

        private enum CodingKeys: String, CodingKey {
            case ids, duplicates
        }

        func encode(to encoder: any Encoder) throws {
            try outcome.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(ids, forKey: .ids)
            try container.encode(duplicates, forKey: .duplicates)
        }
    }

    /// Prints the document, if there is to be one, with what became of the jobs.
    ///
    /// - Throws: ``FileError``.
    func finish(_ outcome: WaitOutcome) throws {
        guard isJSON else { return }
        try StandardOutput.printJSON(Whole(ids: Array(ids), duplicates: Array(duplicates), outcome: outcome))
    }
}
