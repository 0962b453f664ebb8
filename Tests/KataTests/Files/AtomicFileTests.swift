import Foundation
import Glibc
import KataTestSupport
import Testing

@testable import Kata

@Suite("An atomic file")
struct AtomicFileTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("appears as a whole")
    func appears() throws {
        let file = try AtomicFile(path: directory.path("out"))
        try file.write(Array("one\n".utf8))
        try file.write(Array("two\n".utf8))
        try #expect(!directory.names().contains("out"), "it is not there before it is committed")
        try file.commit()
        try #expect(directory.read("out") == "one\ntwo\n")
        try #expect(directory.names() == ["out"])
    }

    @Test("replaces the old one as a whole")
    func replaces() throws {
        try directory.write("the old and long content\n", to: "out")
        let file = try AtomicFile(path: directory.path("out"))
        try file.write(Array("new\n".utf8))
        try #expect(directory.read("out") == "the old and long content\n")
        try file.commit()
        try #expect(directory.read("out") == "new\n")
        try #expect(directory.names() == ["out"])
    }

    @Test("leaves the old one, and nothing else, if it is dropped")
    func dropped() throws {
        try directory.write("old\n", to: "out")
        do {
            let file = try AtomicFile(path: directory.path("out"))
            try file.write(Array("new\n".utf8))
        }
        try #expect(directory.read("out") == "old\n")
        try #expect(directory.names() == ["out"])
    }

    @Test("may be empty")
    func empty() throws {
        try AtomicFile(path: directory.path("out")).commit()
        try #expect(directory.read("out") == "")
    }

    @Test("is left to its readers as they opened it")
    func openReaders() throws {
        try directory.write("old\n", to: "out")
        let reader = try #require(FileHandle(forReadingAtPath: directory.path("out")))
        let file = try AtomicFile(path: directory.path("out"))
        try file.write(Array("new\n".utf8))
        try file.commit()
        #expect(try reader.readToEnd() == Data("old\n".utf8))
    }

    @Test("follows a symbolic link", arguments: [false, true])
    func followsLink(isDangling: Bool) throws {
        if !isDangling { try directory.write("old\n", to: "target") }
        #expect(symlink("target", directory.path("link")) == 0)
        let file = try AtomicFile(path: directory.path("link"))
        try file.write(Array("new\n".utf8))
        try file.commit()
        try #expect(directory.names() == ["link", "target"])
        try #expect(FileManager.default.destinationOfSymbolicLink(atPath: directory.path("link")) == "target")
        try #expect(directory.read("target") == "new\n")
    }

    @Test("keeps the mode of the one that it replaces", arguments: [0o600, 0o640, 0o644, 0o755, 0o400] as [mode_t])
    func keepsMode(mode: mode_t) throws {
        try directory.write("old\n", to: "out")
        #expect(chmod(directory.path("out"), mode) == 0)
        let file = try AtomicFile(path: directory.path("out"))
        try file.commit()
        var status = stat()
        #expect(stat(directory.path("out"), &status) == 0)
        #expect(status.st_mode & 0o7777 == mode)
    }

    @Test("that is a device is written and not replaced")
    func device() throws {
        let file = try AtomicFile(path: "/dev/null")
        try file.write(Array("new\n".utf8))
        try file.commit()
        var status = stat()
        #expect(stat("/dev/null", &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test("that is a pipe is written and not replaced")
    func pipe() throws {
        #expect(mkfifo(directory.path("pipe"), 0o600) == 0)
        // Open for both, so that nobody has to wait for the other end.
        let reader = open(directory.path("pipe"), O_RDWR | O_NONBLOCK)
        #expect(reader >= 0)
        defer { close(reader) }
        let file = try AtomicFile(path: directory.path("pipe"))
        try file.write(Array("new\n".utf8))
        try file.commit()
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(reader, &bytes, bytes.count)
        #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "new\n")
        try #expect(directory.names() == ["pipe"])
    }

    @Test("says which file can't be made, and why")
    func missingDirectory() throws {
        let path = directory.path("missing/out")
        let error = #expect(throws: FileError.self) {
            _ = try AtomicFile(path: path)
        }
        #expect(error?.code == ENOENT)
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.hasSuffix(": No such file or directory") == true)
    }

    @Test("can't take the place of a directory")
    func directoryInPlace() throws {
        let error = #expect(throws: FileError.self) {
            _ = try AtomicFile(path: directory.path)
        }
        #expect(error?.code == EISDIR)
        #expect(error?.path == directory.path)
        try #expect(directory.names().isEmpty)
    }

    @Test(
        "can't be made in a directory that may not be written",
        .disabled(if: geteuid() == 0, "root may write everywhere"))
    func unwritableDirectory() throws {
        #expect(chmod(directory.path, 0o500) == 0)
        defer { chmod(directory.path, 0o700) }
        let error = #expect(throws: FileError.self) {
            _ = try AtomicFile(path: directory.path("out"))
        }
        #expect(error?.code == EACCES)
        #expect(error?.path.hasPrefix(directory.path("out")) == true)
    }

    @Test("leaves nothing behind when it can't be put in its place")
    func failedCommit() throws {
        let error = #expect(throws: FileError.self) {
            let file = try AtomicFile(path: directory.path("out"))
            try FileManager.default.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
            try file.commit()
        }
        #expect(error?.path == directory.path("out"))
        #expect(error?.operation == "replace")
        try #expect(directory.names() == ["out"])
    }

    @Test("follows no link of another user", .enabled(if: geteuid() == 0, "only root can make one"))
    func plantedLink() throws {
        try directory.write("precious", to: "target")
        #expect(symlink("target", directory.path("link")) == 0)
        #expect(lchown(directory.path("link"), 65_534, 65_534) == 0)
        let error = #expect(throws: FileError.self) { _ = try AtomicFile(path: directory.path("link")) }
        #expect(
            error?.description
                == "cannot follow another user's link '\(directory.path("link"))': Operation not permitted")
        try #expect(directory.read("target") == "precious")
    }

    @Test("is not put in the place of a file that must not be there")
    func published() throws {
        try directory.write("new", to: "temporary")
        try directory.write("old", to: "out")
        let error = #expect(throws: FileError.self) {
            try publishNewFile(directory.path("temporary"), as: directory.path("out"))
        }
        #expect(error?.code == EEXIST)
        try #expect(directory.read("out") == "old")
        try directory.remove("out")
        try publishNewFile(directory.path("temporary"), as: directory.path("out"))
        try #expect(directory.read("out") == "new")
        try #expect(directory.names() == ["out"])
    }

    @Test("is written by two at the same time without mixing them")
    func twoWriters() throws {
        let first = try AtomicFile(path: directory.path("out"))
        try first.write(Array("first\n".utf8))
        let second = try AtomicFile(path: directory.path("out"))
        try second.write(Array("second\n".utf8))
        try first.commit()
        try #expect(directory.read("out") == "first\n")
        try second.commit()
        try #expect(directory.read("out") == "second\n")
        try #expect(directory.names() == ["out"])
    }
}
