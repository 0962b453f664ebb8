import Foundation
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The kernel's kills for want of memory")
struct OutOfMemoryKillsTests {
    @Test("explain as many killed processes as they are")
    func count() throws {
        let directory = try TemporaryDirectory()
        try write(count: 5, to: directory)
        let kills = OutOfMemoryKills(path: directory.path("vmstat"))
        #expect(!kills.takeOne())
        try write(count: 7, to: directory)
        #expect([kills.takeOne(), kills.takeOne(), kills.takeOne()] == [true, true, false])
    }

    @Test("are none where the kernel does not count them")
    func unknown() throws {
        let directory = try TemporaryDirectory()
        #expect(!OutOfMemoryKills(path: directory.path("missing")).takeOne())
        try "pgfault 7\n".write(toFile: directory.path("vmstat"), atomically: false, encoding: .utf8)
        #expect(!OutOfMemoryKills(path: directory.path("vmstat")).takeOne())
    }

    private func write(count: Int, to directory: TemporaryDirectory) throws {
        let text = "pgfault 7\noom_kill \(count)\nnuma_hit 9\n"
        try text.write(toFile: directory.path("vmstat"), atomically: false, encoding: .utf8)
    }
}
