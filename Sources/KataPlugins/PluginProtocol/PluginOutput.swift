import Kata

/// Makes lines of what a plugin's process writes, for its ``PluginProcess``.
final class PluginOutput: ProcessObserver {
    /// In bytes, without the line feed.
    static let lineLimit = 8 << 20
    /// A buffer of fewer bytes is kept from one line to the next.
    private static let bufferLimit = 1 << 16

    private let process: PluginProcess
    private var line: [UInt8] = []
    private var errorLines = LineSplitter()
    /// Whether the process has broken the protocol, so that the rest of its output is dropped.
    private var isBroken = false

    init(_ process: PluginProcess) {
        self.process = process
    }

    func output(_ block: UnsafeBufferPointer<UInt8>) {
        if isBroken { return }
        var rest = block[...]
        while let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")) {
            if line.isEmpty {
                process.take(UnsafeBufferPointer(rebasing: rest[..<lineFeed]))
            } else {
                line += rest[..<lineFeed]
                line.withUnsafeBufferPointer(process.take)
                line.removeAll(keepingCapacity: line.count < Self.bufferLimit)
            }
            rest = rest[(lineFeed + 1)...]
        }
        if line.count + rest.count > Self.lineLimit {
            line = []
            isBroken = true
            process.kill("it wrote a line of more than \(Self.lineLimit) bytes")
        } else {
            line += rest
        }
    }

    func error(_ block: UnsafeBufferPointer<UInt8>) {
        errorLines.append(block, process.takeErrorLine)
    }

    func outputWasClosed() {
        process.kill("it closed its standard output")
    }

    func ended(_ end: ProcessEnd) {
        errorLines.finish(process.takeErrorLine)
        process.end(end)
    }

    func notStarted(_ error: ProcessLaunchError) {
        process.end(error)
    }
}
