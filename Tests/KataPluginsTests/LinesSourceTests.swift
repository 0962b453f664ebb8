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

    @Test("keeps an item as it is", arguments: ["zwei Wörter 🦊", "\u{0}", "\t|\\ \"", "\u{feff}x", "\u{2028}"])
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

    @Test("takes a line of the largest size for an item, and names the place of a longer one")
    func tooLong() async throws {
        let longest = String(repeating: "x", count: NewJob.itemLimit)
        for end in ["", "\n", "\r\n"] {
            let isWhole = try await read(source("a\n" + longest + end)) == ["a", longest]
            #expect(isWhole)
        }
        for end in ["", "\n", "\r\n", "xxxxxxxxxxxxxxxxx\n", String(repeating: "x", count: 3 << 20)] {
            let source = try source("a\n\(longest)x\(end)")
            let fault = await #expect(throws: LinesSource.Fault.self) { try await read(source) }
            #expect(fault == .tooLong(path: directory.path("lines.txt"), offset: 2))
        }
    }

    @Test("names the line that is no UTF-8, once those before it were emitted")
    func notUTF8() async throws {
        let path = directory.path("lines.txt")
        try Data(Array("good\n".utf8) + [0x62, 0xff, 0x0a]).write(to: URL(fileURLWithPath: path))
        let source = try source(at: path)
        let batch = try await source.items(from: .start, run: run, limit: 1)
        #expect(batch.items == ["good"])
        let fault = await #expect(throws: LinesSource.Fault.self) {
            try await source.items(from: batch.progress, run: run, limit: 1)
        }
        #expect(fault == .notUTF8(path: path, offset: 5))
        #expect(fault.map { "\($0)" } == "the line at byte 5 of '\(path)' is not valid UTF-8")
    }

    @Test("does not go on in a file that is shorter than what was read")
    func shrunk() async throws {
        let source = try source("one\ntwo\nthree\n")
        let batch = try await source.items(from: .start, run: run, limit: 2)
        #expect(batch.progress == .at(cursor: "8"))
        try directory.write("one\n", to: "lines.txt")
        let fault = await #expect(throws: LinesSource.Fault.self) {
            try await source.items(from: batch.progress, run: run, limit: 2)
        }
        #expect(fault == .shrunk(path: directory.path("lines.txt"), size: 4, offset: 8))
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

    @Test("refuses a cursor that it did not write", arguments: ["", "x", "-1", "1.0"])
    func foreignCursor(cursor: String) async throws {
        let source = try source("a\nb\n")
        let fault = await #expect(throws: LinesSource.Fault.self) {
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
