import Foundation
import Glibc
import KataTestSupport
import Synchronization
import Testing

@testable import KataDaemon

@Suite("The log's writer", .timeLimit(.minutes(20)))
struct LogWriterTests {
    /// A pipe with the writer at its one end, and at the other a thread that reads from when it is told to.
    private final class Reader: Sendable {
        let writer: LogWriter
        private let readEnd: Int32
        private let bytes = Mutex<[UInt8]>([])

        init() throws {
            var ends: [Int32] = [0, 0]
            try #require(pipe(&ends) == 0)
            readEnd = ends[0]
            writer = try LogWriter(to: DescriptorSink(descriptor: ends[1])) { "\($0) dropped\n" }
        }

        func start() {
            Thread { [self] in
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = read(readEnd, &buffer, buffer.count)
                    if count <= 0 { break }
                    bytes.withLock { $0 += buffer[..<count] }
                }
            }.start()
        }

        /// The lines that were read, if the last one is whole.
        var lines: [Substring] {
            let text = String(decoding: bytes.withLock { $0 }, as: UTF8.self)
            return text.hasSuffix("\n") ? text.split(separator: "\n") : []
        }
    }

    @Test("writes lines in their order, whoever they come from")
    func order() async throws {
        let reader = try Reader()
        reader.start()
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask { for line in 0..<1_000 { reader.writer.write("\(task) \(line)\n") } }
            }
        }
        try await #require(eventually { reader.lines.count == 4_000 })
        for task in 0..<4 {
            #expect(reader.lines.filter { $0.hasPrefix("\(task) ") } == (0..<1_000).map { "\(task) \($0)" })
        }
    }

    @Test("never waits for a reader, and says how many lines were dropped where they would have stood")
    func dropped() async throws {
        let reader = try Reader()
        let line = String(repeating: "x", count: 999) + "\n"
        // A pipe holds 64 KiB, the thread has taken a part, and the rest waits.
        let count = 3 * LogWriter.limit / 1_000
        for _ in 0..<count { reader.writer.write(line) }
        reader.writer.flush(within: .zero)
        reader.start()

        try await #require(eventually { reader.lines.last?.hasSuffix("dropped") ?? false })
        let lines = reader.lines
        let dropped = try #require(lines.last?.split(separator: " ").first.flatMap { Int($0) })
        #expect(lines.count - 1 + dropped == count, "\(lines.count) lines")
        #expect(lines.dropLast().allSatisfy { $0.count == 999 })
        reader.writer.write("after\n")
        try await #expect(eventually { reader.lines.last == "after" })
    }

    @Test("takes what is important when it takes nothing else any more")
    func important() async throws {
        let reader = try Reader()
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<(3 * LogWriter.limit / 1_000) { reader.writer.write(line) }
        reader.writer.write("drained\n", isImportant: true)
        reader.start()
        try await #expect(eventually { reader.lines.contains("drained") })
    }

    @Test("has written everything when it was flushed")
    func flush() async throws {
        let reader = try Reader()
        for number in 0..<100 { reader.writer.write("\(number)\n") }
        reader.writer.flush(within: .seconds(60))
        reader.start()
        try await #expect(eventually { reader.lines.count == 100 })
        reader.writer.flush(within: .seconds(60))
    }

    @Test("is not held up by a descriptor that can't be written")
    func broken() throws {
        let writer = try LogWriter(to: DescriptorSink(descriptor: -1)) { "\($0) dropped\n" }
        for _ in 0..<10 { writer.write("x\n") }
        writer.flush(within: .seconds(60))
    }
}
