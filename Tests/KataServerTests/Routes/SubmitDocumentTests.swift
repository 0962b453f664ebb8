import Foundation
import Kata
import KataAPI
import Testing

@Suite("The answer to a submission")
struct SubmitDocumentTests {
    @Test("is what the encoder would make of it", arguments: [0, 1, 2, 1_000])
    func json(count: Int) throws {
        let jobs = (0..<count).map { SubmittedJob(id: Int64($0) << 40 + 1, state: $0 % 3 == 1 ? nil : .pending) }
        let document = SubmitDocument(jobs)
        #expect(try Data(document.json) == JSON.encode(document))
    }
}
