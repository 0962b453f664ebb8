import Foundation
import Kata
import KataTestSupport
import Testing

/// A short round with every run of the tests; `make fuzz SEED= COUNT=` makes a long one, with a new daemon now and then.
@Suite("Whatever comes on the control socket", .timeLimit(.minutes(180)))
struct RequestFuzzTests {
    /// How many inputs a daemon is given. What it stores grows with them. In a short round, too, one daemon follows another.
    private static let round = FuzzOptions.count == nil ? 100 : 5_000
    private static let memoryLimit = 64 << 20

    @Test("is answered or refused, and never with a fault of the daemon's own")
    func answer() async throws {
        let count = FuzzOptions.count ?? 200
        print("fuzz: requests: \(count) inputs, SEED=\(FuzzOptions.seed)")
        let inputs = RequestInputs(seed: FuzzOptions.seed)
        var statuses: [Int: Int] = [:]
        var sizes: [Int] = []
        for start in stride(from: 0, to: count, by: Self.round) {
            let numbers = start..<min(count, start + Self.round)
            let found = try await FuzzedDaemon.with { socket in
                try await onThread(named: "fuzz-client") { try Self.send(inputs, numbers, to: RawClient(path: socket)) }
            }
            statuses.merge(found, uniquingKeysWith: +)
            sizes.append(try residentSize())
        }
        let text = statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        print("fuzz: requests: answers \(text); resident MiB after each round: \(sizes.map { $0 >> 20 })")
        // Other tests run beside a short round. The first rounds make room for themselves.
        if FuzzOptions.count != nil, sizes.count > 2 { #expect(sizes[sizes.count - 1] - sizes[1] < Self.memoryLimit) }
    }

    /// - Returns: how many answers had each status.
    private static func send(_ inputs: RequestInputs, _ numbers: Range<Int>, to client: RawClient) throws -> [Int: Int]
    {
        var statuses: [Int: Int] = [:]
        for number in numbers {
            let pieces = inputs.pieces(number)
            do {
                for answer in try AnswerReader.answers(in: client.answer(to: pieces)) {
                    statuses[answer.status, default: 0] += 1
                    try check(answer)
                }
            } catch {
                let text = String(decoding: pieces.joined().prefix(2_000), as: UTF8.self)
                Issue.record("SEED=\(FuzzOptions.seed), input \(number): \(error), to \(text.debugDescription)")
                return statuses
            }
        }
        let request = Array("GET /v1/status HTTP/1.1\r\nHost: kata\r\n\r\n".utf8)
        #expect(try AnswerReader.answers(in: client.answer(to: [request])).map(\.status) == [200], "the daemon goes on")
        return statuses
    }

    private static func check(_ answer: AnswerReader.Answer) throws {
        let body = String(decoding: answer.body, as: UTF8.self)
        // That there is no room for a body at the moment is no fault.
        if answer.status < 500 || answer.status == 503 && body.contains(#""title":"Busy""#) { return }
        throw FuzzTarget.Finding(description: "the answer \(answer.status) \(body.prefix(1_000))")
    }
}
