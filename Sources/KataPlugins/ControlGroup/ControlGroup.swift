import Foundation
import Glibc

/// A control group of version 2: a directory in which the kernel counts and limits processes, and can kill all at once.
struct ControlGroup: Hashable, Sendable {
    /// A file of a group that could not be read or written.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    let path: String

    func child(_ name: String) -> ControlGroup { ControlGroup(path: "\(path)/\(name)") }

    /// The groups directly below that are there.
    var children: [ControlGroup] {
        // A group that is gone has no groups below it.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.map(child).filter { isDirectory($0.path) }
    }

    /// Makes the group if it is not there.
    ///
    /// - Returns: whether it was made; `false` if it was there.
    /// - Throws: ``Failure``.
    @discardableResult
    func make() throws -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        if errno != EEXIST { throw Failure(path: path, code: errno) }
        return false
    }

    /// Removes the group and those below it, as far as no process is in them.
    func remove() {
        for child in children { child.remove() }
        rmdir(path)
    }

    /// Kills every process in the group and below, whatever session or process group the process is in.
    func kill() {
        // A group that is gone has no process to kill.
        try? write("1", to: "cgroup.kill")
    }

    /// Whether there is a process in the group or below.
    var isPopulated: Bool { counter("populated", in: "cgroup.events") != 0 }

    /// Whether the group has that file, which depends on its controllers and on the kernel.
    func has(_ file: String) -> Bool { access("\(path)/\(file)", F_OK) == 0 }

    /// The number after that word in a file of the group with a word and a number a line; 0 if the word is not there.
    func counter(_ word: String, in file: String) -> Int {
        for line in read(file).split(separator: "\n") where line.hasPrefix("\(word) ") {
            return Int(line.dropFirst(word.utf8.count + 1)) ?? 0
        }
        return 0
    }

    /// The words in a file of the group; none if it can't be read.
    func words(in file: String) -> [String] {
        read(file).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The most memory that all processes in the group held at a time since it was made, in bytes; 0 where the kernel does not
    /// count that.
    var peakMemory: Int64 { words(in: "memory.peak").first.flatMap { Int64($0) } ?? 0 }

    /// - Throws: ``Failure``.
    func write(_ value: String, to file: String) throws {
        let path = "\(path)/\(file)"
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        if descriptor < 0 { throw Failure(path: path, code: errno) }
        defer { close(descriptor) }
        if Glibc.write(descriptor, value, value.utf8.count) < 0 { throw Failure(path: path, code: errno) }
    }

    private func read(_ file: String) -> String {
        let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { return "" }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4_096) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        }
    }

    private func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
