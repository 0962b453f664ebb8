import Foundation
import KataTestSupport
import Testing

@testable import KataSQLite

@Suite("The lock of a database", .timeLimit(.minutes(10)))
struct DatabaseLockTests {
    @Test("is waited for while somebody has it for a moment")
    func waits() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        let holder = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        try #require(holder >= 0 && flock(holder, LOCK_EX | LOCK_NB) == 0)
        // It lets go once the other one has opened the file too, and so is about to ask for the lock.
        let link = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(holder)")
        Thread.detachNewThread {
            while Self.descriptors(of: link) < 2 { usleep(100) }
            close(holder)
        }
        let lock = try DatabaseLock(databasePath: path)
        withExtendedLifetime(lock) {}
    }

    private static func descriptors(of path: String) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return all.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path
        }
    }
}
