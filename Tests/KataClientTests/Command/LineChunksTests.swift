import Foundation
import KataCommand
import KataTestSupport
import Synchronization
import Testing

@testable import kata_ctl

@Suite("The lines of a file that is submitted", .timeLimit(.minutes(20)))
struct LineChunksTests {
    @Test("are given out while a slow pipe is still open")
    func slowPipe() throws {
        let pipe = Pipe()
        var chunks = try LineChunks(
            path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)", patience: .milliseconds(1))
        try pipe.fileHandleForWriting.write(contentsOf: Data("a\nb\nhalf".utf8))
        let first = try #require(try chunks.next())
        #expect(String(decoding: first.bytes, as: UTF8.self) == "a\nb\n")
        try pipe.fileHandleForWriting.write(contentsOf: Data(" a line\nlast".utf8))
        let second = try #require(try chunks.next())
        #expect((String(decoding: second.bytes, as: UTF8.self), second.firstLine) == ("half a line\n", 3))
        try pipe.fileHandleForWriting.close()
        let third = try #require(try chunks.next())
        #expect((String(decoding: third.bytes, as: UTF8.self), third.firstLine) == ("last", 4))
        #expect(try chunks.next() == nil)
    }

    @Test("are the same chunks from a pipe as from a file, however it is written, if nothing is given out early")
    func content() throws {
        let directory = try TemporaryDirectory()
        var generator = SeededGenerator(seed: 5)
        // Some of the chunks end by their size, some by the number of lines.
        var text = ""
        for _ in 0..<4_000 { text += String(repeating: "x", count: .random(in: 0...60, using: &generator)) + "\n" }
        for _ in 0..<300 { text += String(repeating: "y", count: .random(in: 0...900, using: &generator)) + "\n" }
        text += "last"
        let bytes = Data(text.utf8)
        try bytes.write(to: URL(fileURLWithPath: directory.path("lines")))
        let expected = try chunks(of: directory.path("lines"))
        #expect(expected.count > 10)
        #expect(Data(expected.joined()) == bytes)
        for _ in 1...5 {
            let pipe = Pipe()
            var sizes: [Int] = []
            while sizes.reduce(0, +) < bytes.count { sizes.append(.random(in: 1...40_000, using: &generator)) }
            let writer = pipe.fileHandleForWriting
            Thread.detachNewThread { [sizes] in
                var rest = bytes
                // A reader that stops early fails the test by what it has read.
                for size in sizes {
                    try? writer.write(contentsOf: rest.prefix(size))
                    rest = rest.dropFirst(size)
                }
                try? writer.close()
            }
            let found = try chunks(of: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
            #expect(found.map(\.count) == expected.map(\.count))
            #expect(found == expected)
        }
    }

    private func chunks(of path: String) throws -> [[UInt8]] {
        var lines = try LineChunks(path: path, patience: nil, sizeLimit: 10_000)
        var chunks: [[UInt8]] = []
        while let chunk = try lines.next() { chunks.append(chunk.bytes) }
        return chunks
    }
}
