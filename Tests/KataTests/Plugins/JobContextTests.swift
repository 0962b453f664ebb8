import Logging
import Testing

@testable import Kata

@Suite("What a handler reports")
struct JobContextTests {
    private let report = JobContext.Report()
    private var context: JobContext {
        JobContext(
            job: Job(id: 1, runID: 1, item: ""), pipeline: "p", consumerID: "c1", logger: Logger(label: "test"),
            report: report)
    }

    @Test("of its progress is 200 scalars at the most, were they a single character")
    func progress() {
        context.report(progress: "a" + String(repeating: "\u{301}", count: 1 << 20))
        #expect(report.progress?.text.unicodeScalars.count == 200)
    }

    @Test("as output is cut between scalars", arguments: ["é", "€", "🦊"], 0...3)
    func output(character: String, offset: Int) throws {
        let text = String(repeating: "x", count: offset) + String(repeating: character, count: JobContext.outputLimit)
        context.keep(output: text)
        let output = try #require(report.takeOutput())
        #expect(!output.unicodeScalars.contains("\u{fffd}"))
        let kept = try #require(output.split(separator: "\n").first)
        #expect(output == "\(kept)\n[\(text.utf8.count - kept.utf8.count) more bytes were not kept]")
        #expect(kept.utf8.count > JobContext.outputLimit - 4)
    }

    @Test("as errors stands behind the output, each within its own limit")
    func errors() throws {
        context.keep(output: "a", omitting: 0, errors: "b\nc", omittingErrors: 0)
        #expect(report.takeOutput() == "a\n[stderr]\nb\nc")
        context.keep(output: "", omitting: 0, errors: "b\n", omittingErrors: 3)
        #expect(report.takeOutput() == "[stderr]\nb\n\n[3 more bytes were not kept]")
        let flood = String(repeating: "x", count: JobContext.outputLimit + 2)
        context.keep(output: flood, omitting: 0, errors: flood, omittingErrors: 0)
        let note = "\n[2 more bytes were not kept]"
        #expect(
            report.takeOutput()?.utf8.count == 2 * (JobContext.outputLimit + note.utf8.count)
                + "\n[stderr]\n".utf8.count)
    }
}
