import Glibc
import Kata

/// What a program's file says of how it is run, for errors of those that can't be.
struct ProgramFile: Hashable, Sendable {
    /// The program that runs a script, as its first line says: `#!/bin/sh`; `nil` if the file is no script.
    let interpreter: String?
    /// Whether the first line of a script ends with CR and LF, as files from Windows do.
    let hasWindowsLines: Bool
    /// Whether the file is a program of the machine's own code.
    let isBinary: Bool

    /// How much of the first line the kernel reads, in bytes.
    private static let lineLimit = 256

    /// Reads the beginning of the file; `nil` if it can't be read, as where it may only be executed.
    init?(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        if descriptor < 0 { return nil }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.lineLimit) { buffer, count in
            count = max(0, retryingInterrupted { read(descriptor, buffer.baseAddress, buffer.count) })
        }
        self.init(beginning: bytes)
    }

    init(beginning bytes: [UInt8]) {
        isBinary = bytes.starts(with: [0x7f] + "ELF".utf8)
        guard bytes.starts(with: "#!".utf8) else {
            interpreter = nil
            hasWindowsLines = false
            return
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2)
        hasWindowsLines = line.last == UInt8(ascii: "\r")
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        let word = line.drop { blanks.contains($0) }.prefix { !blanks.contains($0) }
        interpreter = String(decoding: word, as: UTF8.self)
    }

    /// Why the system did not start the program, to follow its name; `nil` if the error says it all.
    ///
    /// - Parameter code: the error number that the system gave.
    func reason(of code: Int32) -> String? {
        if hasWindowsLines { return Self.windowsLines }
        switch (code, interpreter) {
        case (ENOENT, let interpreter?):
            return "its first line names the interpreter '\(interpreter.abbreviated)', which is not there"
        case (EACCES, let interpreter?) where access(interpreter, X_OK) != 0:
            return "its first line names the interpreter '\(interpreter.abbreviated)', which may not be executed"
        case (ENOENT, nil) where isBinary:
            return "the loader that it names is not there; it was built for another system"
        default: return nil
        }
    }

    /// What is to be said of a script with such lines.
    static let windowsLines = "its first line ends with CR and LF, expected LF alone; 'dos2unix FILE' mends that"
}
