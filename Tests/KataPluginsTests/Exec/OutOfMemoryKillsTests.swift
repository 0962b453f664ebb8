import Foundation
import KataTestSupport
import Testing

@testable import KataPlugins

@Suite("The kernel's kills for want of memory")
struct OutOfMemoryKillsTests {
    @Test("are those since a process was started")
    func count() throws {
        let directory = try TemporaryDirectory()
        try write(count: 5, to: directory)
        let kills = OutOfMemoryKills(path: directory.path("vmstat"), freshness: .zero)
        let before = kills.count()
        #expect(!kills.haveGrown(since: before))
        try write(count: 6, to: directory)
        #expect(kills.haveGrown(since: before))
        #expect(!kills.haveGrown(since: kills.count()), "of a process that was started afterwards")
    }

    @Test("are read once for many processes")
    func freshness() throws {
        let directory = try TemporaryDirectory()
        try write(count: 5, to: directory)
        let kills = OutOfMemoryKills(path: directory.path("vmstat"), freshness: .seconds(3_600))
        try write(count: 6, to: directory)
        #expect(kills.count() == 5)
    }

    @Test("are none where the kernel does not count them")
    func unknown() throws {
        let directory = try TemporaryDirectory()
        let kills = OutOfMemoryKills(path: directory.path("missing"))
        #expect(!kills.haveGrown(since: kills.count()))
        try "pgfault 7\n".write(toFile: directory.path("missing"), atomically: false, encoding: .utf8)
        #expect(!kills.haveGrown(since: kills.count()))
    }

    private func write(count: Int, to directory: TemporaryDirectory) throws {
        let text = "pgfault 7\noom_kill \(count)\nnuma_hit 9\n"
        try text.write(toFile: directory.path("vmstat"), atomically: false, encoding: .utf8)
    }
}
