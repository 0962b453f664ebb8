import Foundation
import Kata
import KataTestSupport
import Logging
import Testing

@testable import KataPlugins

@Suite("The lines source")
struct LinesSourceTests {
    private let directory: TemporaryDirectory
    private let run = Run(id: 1, pipeline: "p", items: nil, startedAt: Timestamp(milliseconds: 0))

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("emits the lines in batches of any size", arguments: 1...9)
    func batches(limit: Int) async throws {
        let source = try source("a\nb\nc\nd\ne\nf\ng\n")
        #expect(try await read(source, limit: limit) == ["a", "b", "c", "d", "e", "f", "g"])
    }

    @Test("takes every kind of line break, leaves out empty lines, and needs no line break at the end")
    func lineBreaks() async throws {
        #expect(try await read(source("a\r\nb\n\n\r\n  \nc\rd\n\n\ne")) == ["a", "b", "  ", "c\rd", "e"])
        #expect(try await read(source("last\r")) == ["last"])
        #expect(try await read(source("last\n")) == ["last"])
        #expect(try await read(source("")) == [])
        #expect(try await read(source("\n\r\n\n")) == [])
    }

    @Test("keeps an item as it is", arguments: ["zwei Wörter 🦊", "\u{0}", "\t|\\ \"", "x\u{feff}", "\u{2028}"])
    func oddItems(item: String) async throws {
        #expect(try await read(source("\(item)\n\(item)")) == [item, item])
    }

    @Test("goes on from every cursor that it gave, as another source of the same file would", arguments: 1...4)
    func resumption(limit: Int) async throws {
        let text = "first\r\n\nsecond\nthird\n\n\nfourth\nfifth"
        let all = try await read(source(text))
        var progress = SourceProgress.start
        var count = 0
        while progress != .exhausted {
            let rest = try await read(source(text), limit: 100, from: progress)
            #expect(rest == Array(all[count...]))
            let batch = try await source(text).items(from: progress, run: run, limit: limit)
            count += batch.items.count
            progress = batch.progress
        }
        #expect(count == all.count)
    }

    @Test("emits a file of many blocks whole, in whatever batches")
    func large() async throws {
        let lines = (0..<60_000).map { "line \($0) \(String(repeating: "x", count: $0 % 97))" }
        let source = try source(lines.joined(separator: "\n"))
        for limit in [999, 1_000_000] {
            let isWhole = try await read(source, limit: limit) == lines
            #expect(isWhole)
        }
    }

    @Test("finds what was added behind a line break before it was at the end")
    func growing() async throws {
        let source = try source("a\nb\n")
        let batch = try await source.items(from: .start, run: run, limit: 1)
        try directory.write("a\nb\nc\n", to: "lines.txt")
        #expect(try await read(source, from: batch.progress) == ["b", "c"])
    }

    @Test("takes a line of the largest size for an item, and goes on after one that is longer, which is a failed job")
    func tooLong() async throws {
        let longest = String(repeating: "x", count: NewJob.itemLimit)
        for end in ["", "\n", "\r\n"] {
            let isWhole = try await read(source("a\n" + longest + end)) == ["a", longest]
            #expect(isWhole)
        }
        for end in ["\n", "\r\n", "xxxxxxxxxxxxxxxxx\n", String(repeating: "x", count: 9 << 20) + "\n"] {
            let source = try source("a\n\(longest)x\(end)b\n")
            let jobs = try await readJobs(source)
            #expect(jobs.map(\.item) == ["a", "line 2 of '\(directory.path("lines.txt"))'", "b"])
            #expect(jobs[1].failure?.contains("is longer than 1048576 bytes (byte 2): xxx") == true)
        }
        let last = try await readJobs(source("a\n\(longest)xyz"))
        #expect(last.map { $0.failure == nil } == [true, false])
    }

    @Test("makes a failed job with its number of each line that is no UTF-8, and items of the others", arguments: 1...4)
    func notUTF8(limit: Int) async throws {
        let path = directory.path("lines.txt")
        let bytes: [UInt8] = Array("good\n\n".utf8) + [0x62, 0xff, 0x0a] + Array("also\n".utf8) + [0xfe]
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let jobs = try await readJobs(source(at: path), limit: limit)
        #expect(jobs.map(\.item) == ["good", "line 3 of '\(path)'", "also", "line 5 of '\(path)'"])
        #expect(jobs.map { $0.failure == nil } == [true, false, true, false])
        #expect(jobs[1].failure == "line 3 of '\(path)' is not valid UTF-8 (byte 6): b\u{fffd}")
    }

    @Test("leaves out a byte order mark at the beginning, and only there")
    func byteOrderMark() async throws {
        #expect(try await read(source("\u{feff}a\n\u{feff}b\n"), limit: 1) == ["a", "\u{feff}b"])
        #expect(try await read(source("\u{feff}")) == [])
    }

    @Test("asks for few bytes at a time, however many lines may be emitted")
    func bounded() async throws {
        let line = String(repeating: "x", count: 100_000)
        let source = try source(String(repeating: line + "\n", count: 100))
        var progress = SourceProgress.start
        var count = 0
        while progress != .exhausted {
            let batch = try await source.items(from: progress, run: run, limit: 1_000)
            #expect(batch.items.count <= 10)
            count += batch.items.count
            progress = batch.progress
        }
        #expect(count == 100)
    }

    @Test("does not go on in a file that is shorter than what was read")
    func shrunk() async throws {
        let source = try source("one\ntwo\nthree\n")
        let batch = try await source.items(from: .start, run: run, limit: 2)
        try directory.write("one\n", to: "lines.txt")
        let fault = await #expect(throws: LinesFault.self) {
            try await source.items(from: batch.progress, run: run, limit: 2)
        }
        #expect(fault == .shrunk(path: directory.path("lines.txt"), size: 4, offset: 8))
    }

    @Test("does not go on in another file of that name, and goes on in one with the same beginning")
    func replaced() async throws {
        let source = try source("one\ntwo\nthree\n")
        let batch = try await source.items(from: .start, run: run, limit: 2)
        try directory.write("eins\nzwei\ndrei\n", to: "other")
        #expect(rename(directory.path("other"), directory.path("lines.txt")) == 0)
        let fault = await #expect(throws: LinesFault.self) {
            try await source.items(from: batch.progress, run: run, limit: 2)
        }
        #expect(fault == .replaced(path: directory.path("lines.txt"), offset: 8))
        try directory.write("one\ntwo\n3\n4\n", to: "other")
        #expect(rename(directory.path("other"), directory.path("lines.txt")) == 0)
        #expect(try await read(source, from: batch.progress) == ["3", "4"])
    }

    @Test("goes on from the cursor of an earlier version, which was the offset alone")
    func formerCursor() async throws {
        #expect(try await read(source("one\ntwo\nthree\n"), from: .at(cursor: "4")) == ["two", "three"])
    }

    @Test("does not wait for the other end of a pipe in the place of the file", .timeLimit(.minutes(1)))
    func pipe() async throws {
        let path = directory.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        let source = try source(at: path)
        let fault = await #expect(throws: LinesFault.self) { try await read(source) }
        #expect(fault == .notAFile(path: path))
    }

    @Test("ends a run for good: what is added later is for the next one")
    func exhausted() async throws {
        let source = try source("a\n")
        #expect(try await read(source) == ["a"])
        try directory.write("a\nb\n", to: "lines.txt")
        #expect(try await read(source, from: .exhausted) == [])
        #expect(try await read(source) == ["a", "b"])
    }

    @Test("names the file that is not there, or is a directory")
    func noFile() async throws {
        let missing = try source(at: directory.path("missing"))
        let error = await #expect(throws: FileError.self) { try await read(missing) }
        #expect(error.map { "\($0)" } == "cannot open '\(directory.path("missing"))': No such file or directory")
        let place = try source(at: directory.path)
        let second = await #expect(throws: FileError.self) { try await read(place) }
        #expect(second.map { "\($0)" } == "cannot read '\(directory.path)': Is a directory")
    }

    @Test(
        "refuses a cursor that it did not write", arguments: ["", "x", "-1", "1.0", "1 2", "1 2 x", "1 2 3 4", "1 x 3"])
    func foreignCursor(cursor: String) async throws {
        let source = try source("a\nb\n")
        let fault = await #expect(throws: LinesFault.self) {
            try await source.items(from: .at(cursor: cursor), run: run, limit: 10)
        }
        #expect(fault == .unknownCursor(cursor))
    }

    @Test("needs a path")
    func noPath() {
        #expect(throws: ConfigurationFaults.self) { try source(keys: [:]) }
        #expect(throws: ConfigurationFaults.self) { try source(keys: ["path": .list(["a"])]) }
    }

    /// A source of a file with that text.
    private func source(_ text: String) throws -> LinesSource {
        try directory.write(text, to: "lines.txt")
        return try source(at: directory.path("lines.txt"))
    }

    private func source(at path: String) throws -> LinesSource {
        try source(keys: ["path": .text(path)])
    }

    private func source(keys: KeyValuePairs<String, ConfigurationNode>) throws -> LinesSource {
        let report = ConfigurationSection.Report()
        var section = ConfigurationSection(.map(keys), title: "the producer", report: report)
        let source = LinesSource(configuration: &section, context: PluginContext(logger: Logger(label: "test")))
        section.finish()
        try report.throwIfFaulty()
        return source
    }

    /// Reads a run, bad lines included.
    private func readJobs(_ source: LinesSource, limit: Int = 3) async throws -> [NewJob] {
        var jobs: [NewJob] = []
        var progress = SourceProgress.start
        while progress != .exhausted {
            let batch = try await source.items(from: progress, run: run, limit: limit)
            progress = batch.progress
            switch batch.content {
            case .items(let items): jobs += items.map { NewJob(item: $0) }
            case .jobs(let more): jobs += more
            }
            #expect(batch.items.count <= limit)
        }
        return jobs
    }

    /// Reads a run as a pipeline does, each time going on from the progress that was saved.
    private func read(
        _ source: LinesSource, limit: Int = 3, from start: SourceProgress = .start
    ) async throws -> [String] {
        var items: [String] = []
        var progress = start
        while progress != .exhausted {
            let batch = try await source.items(from: progress, run: run, limit: limit)
            #expect(batch.items.count <= limit)
            #expect(!batch.items.isEmpty || batch.progress == .exhausted)
            items += batch.items
            progress = batch.progress
        }
        return items
    }
}
