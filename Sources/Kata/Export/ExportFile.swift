import Glibc

/// What an export may take the place of.
public enum ExportFile {
    private static let blockSize = 1 << 18

    /// Whether a path is that of nothing, of an empty file, or of one whose lines are an export's.
    ///
    /// - Parameters:
    ///   - path: links are followed.
    ///   - limit: how much is read of the file, in bytes; by default all of it, which takes as long as it is large.
    ///   - progress: called each time that a part of it was read.
    /// - Returns: `false` also for a file that can't be read, and for what is no regular file.
    public static func mayBeReplaced(_ path: String, limit: Int = .max, progress: () -> Void = {}) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        var line = ExportLine()
        var block = [UInt8](repeating: 0, count: blockSize)
        var total = 0
        while true {
            let count = retryingInterrupted { read(descriptor, &block, block.count) }
            if count < 0 { return false }
            for byte in block[..<count] where !line.take(byte) { return false }
            total += count
            progress()
            if total >= limit { return true }
            if count == 0 { return line.mayEndHere }
        }
    }
}

/// Tells, byte for byte, whether lines are those of an export.
private struct ExportLine {
    private enum Part {
        case consumer(length: Int)
        case separator(Int)
        case item
        case escape
        case code(digits: Int)
    }

    private static let separator = Array(" | ".utf8)
    private var part = Part.consumer(length: 0)
    private var hasWholeLine = false

    /// Whether a file may end with the last byte: its last line may have been cut when the disk was full. A single word is
    /// not taken for a line that was cut.
    var mayEndHere: Bool {
        switch part {
        case .consumer(let length): length == 0 || hasWholeLine
        case .separator: hasWholeLine
        case .item, .escape, .code: true
        }
    }

    /// - Returns: whether that can be the next byte.
    mutating func take(_ byte: UInt8) -> Bool {
        switch part {
        case .consumer(let length):
            if length > 0 && byte == UInt8(ascii: " ") {
                part = .separator(1)
            } else if length < 256 && Self.isOfConsumer(byte) {
                part = .consumer(length: length + 1)
            } else {
                return false
            }
        case .separator(let index):
            guard byte == Self.separator[index] else { return false }
            part = index + 1 == Self.separator.count ? .item : .separator(index + 1)
        case .item:
            switch byte {
            case UInt8(ascii: "\n"):
                part = .consumer(length: 0)
                hasWholeLine = true
            case UInt8(ascii: "\\"): part = .escape
            case 0x00...0x1f, 0x7f: return false
            default: break
            }
        case .escape:
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "r"), UInt8(ascii: "n"): part = .item
            case UInt8(ascii: "u"): part = .code(digits: 4)
            default: return false
            }
        case .code(let digits):
            guard Self.isHexadecimal(byte) else { return false }
            part = digits == 1 ? .item : .code(digits: digits - 1)
        }
        return true
    }

    private static func isOfConsumer(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
