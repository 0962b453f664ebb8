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

    @Test("tells whether its last owner died with it")
    func ownerDied() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        do {
            let first = try DatabaseLock(databasePath: path)
            #expect(!first.ownerDied, "there was none")
            withExtendedLifetime(first) {}
        }
        #expect(try !DatabaseLock(databasePath: path).ownerDied)
        // What a process leaves that was killed.
        try directory.write("4711\n", to: "kata.db.lock")
        #expect(try DatabaseLock(databasePath: path).ownerDied)
        #expect(try !DatabaseLock(databasePath: path).ownerDied)
    }

    @Test("holds even if somebody removes its file")
    func removedFile() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        try directory.write("", to: "kata.db")
        let lock = try DatabaseLock(databasePath: path)
        try directory.remove("kata.db.lock")
        #expect(throws: DatabaseLockError.taken(databasePath: path, owner: nil)) {
            try DatabaseLock(databasePath: path)
        }
        withExtendedLifetime(lock) {}
    }

    @Test("covers a database that was made after it was taken")
    func laterDatabase() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        let lock = try DatabaseLock(databasePath: path)
        try directory.write("", to: "kata.db")
        try lock.coverDatabase()
        try directory.remove("kata.db.lock")
        #expect(throws: DatabaseLockError.self) { try DatabaseLock(databasePath: path) }
        withExtendedLifetime(lock) {}
    }

    @Test("is not taken through a link, a pipe or a file with another name", .timeLimit(.minutes(1)))
    func planted() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        try directory.write("precious", to: "target")
        let plants: [(String) -> Int32] = [
            { symlink("target", $0) }, { symlink("missing", $0) }, { link(directory.path("target"), $0) },
            { mkfifo($0, 0o600) },
        ]
        for plant in plants {
            try #require(plant("\(path).lock") == 0)
            #expect(throws: DatabaseLockError.inTheWay(path: "\(path).lock")) { try DatabaseLock(databasePath: path) }
            try directory.remove("kata.db.lock")
        }
        #expect(try directory.read("target") == "precious")
        #expect(try directory.names() == ["target"])
    }

    @Test("is not taken of what can't be a database, and leaves no file beside it")
    func unusable() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("kata.db")
        try directory.write("x", to: "kata.db")
        #expect(throws: SQLiteOpenError.notADatabase(path: path)) { try DatabaseLock(databasePath: path) }
        #expect(try directory.names() == ["kata.db"])
    }

    private static func descriptors(of path: String) -> Int {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return all.count { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")) == path
        }
    }
}
