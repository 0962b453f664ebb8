import Foundation
import Kata
import KataAPI
import KataTestSupport
import Testing

/// Documents of jobs are written by hand, and must be what the encoder makes of them.
@Suite("The document of a job")
struct JobDocumentTests {
    @Test("is written as it is encoded, whatever it has")
    func agreement() throws {
        for seed in 1...300 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let document = Self.document(&random)
            let json = Data(document.json)
            let isSame = try json == JSON.encode(document)
            #expect(isSame, "seed \(seed): \(String(decoding: json, as: UTF8.self))")
            #expect(try JSON.decode(JobDocument.self, from: json) == document)
        }
    }

    @Test("has its control characters escaped")
    func controlCharacters() throws {
        let item = (0...0x9f as ClosedRange<UInt8>).map { String(Unicode.Scalar($0)) }.joined()
        let record = JobRecord(
            job: Job(id: 1, runID: 1, item: item), pipeline: "a", state: .pending, createdAt: Timestamp(milliseconds: 0)
        )
        let json = JobDocument(record).json
        #expect(json.allSatisfy { $0 >= 0x20 && $0 != 0x7f })
        #expect(try JSON.decode(JobDocument.self, from: Data(json)).item == item)
    }

    @Test("has each of its keys, some of which may be missing")
    func keys() throws {
        var random = SeededGenerator(seed: 0)
        var keys: Set<String> = []
        for _ in 1...300 {
            let object = try JSONSerialization.jsonObject(with: Data(Self.document(&random).json)) as? [String: Any]
            keys.formUnion(try #require(object).keys)
        }
        #expect(keys.count == Mirror(reflecting: Self.document(&random)).children.count)
    }

    private static func document(_ random: inout SeededGenerator) -> JobDocument {
        var job = Job(
            id: .random(in: 1 ... .max, using: &random), runID: .random(in: 1...9, using: &random), item: text(&random),
            attempt: .random(in: 1...99, using: &random), priority: .random(in: -100...100, using: &random),
            maxAttempts: maybe(&random) { .random(in: 1...99, using: &$0) }, timeout: maybe(&random, duration),
            key: maybe(&random, text), interruptions: .random(in: 0...3, using: &random))
        job.traceParent =
            maybe(&random) { _ in TraceParent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") } ?? nil
        var record = JobRecord(
            job: job, itemBytes: .random(in: 0...99, using: &random), pipeline: text(&random),
            state: JobState.allCases.randomElement(using: &random) ?? .done, uniqueKey: maybe(&random, text),
            runAt: maybe(&random, time), error: maybe(&random, text), errorBytes: .random(in: 0...99, using: &random),
            createdAt: time(&random), finishedAt: maybe(&random, time),
            cancelledWith: maybe(&random) { .random(in: 1...9, using: &$0) },
            exitCode: maybe(&random) { .random(in: .min ... .max, using: &$0) })
        record.tags = maybe(&random) { [text(&$0), text(&$0)] } ?? []
        record.copyOf = maybe(&random) { .random(in: 1...9, using: &$0) }
        return JobDocument(
            record, consumerID: maybe(&random, text), duration: maybe(&random, duration),
            progress: maybe(&random) { JobProgress(fraction: .random(in: 0...1, using: &$0), text: text(&$0)) },
            checkpoint: maybe(&random, text), attempts: maybe(&random) { [attempt(&$0), attempt(&$0)] })
    }

    private static func attempt(_ random: inout SeededGenerator) -> Attempt {
        Attempt(
            number: .random(in: 1...9, using: &random), consumerID: text(&random), startedAt: time(&random),
            finishedAt: time(&random), error: maybe(&random, text), output: maybe(&random, text),
            exitCode: maybe(&random) { .random(in: 0...255, using: &$0) },
            cost: maybe(&random) { random in
                JobCost(
                    userTime: duration(&random), systemTime: duration(&random),
                    peakMemory: maybe(&random) { .random(in: 0...1 << 40, using: &$0) })
            },
            waited: maybe(&random, duration))
    }

    private static func maybe<Value>(
        _ random: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
    ) -> Value? {
        Bool.random(using: &random) ? make(&random) : nil
    }

    private static func time(_ random: inout SeededGenerator) -> Timestamp {
        Timestamp(milliseconds: .random(in: 0...4_000_000_000_000, using: &random))
    }

    /// Of every magnitude, so that numbers with and without a fraction, and with an exponent, come up.
    private static func duration(_ random: inout SeededGenerator) -> Duration {
        .microseconds(Int64.random(in: 0...1 << Int64.random(in: 0...52, using: &random), using: &random))
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let parts = ["a", "/", "\"", "\\", "\n", "é", "日本", "🎉", "e\u{301}", " ", "\u{2028}", "<&>"]
        return (0..<Int.random(in: 0...8, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }
            .joined()
    }
}
