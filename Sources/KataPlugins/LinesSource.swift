public import Kata
import Logging

/// Emits the lines of a text file, each as an item. After a restart it goes on where it was.
///
/// Empty lines are left out, and neither a carriage return at the end of a line nor a byte order mark at the beginning of
/// the file belongs to a line. A line that can't be an item is a job that has failed. A run ends with the last line that is
/// there; the next run reads the file again.
public struct LinesSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: lines }`.
    public static let pluginName = "lines"

    private let path: String
    private let logger: Logger
    private let files: FileThread

    /// Reads the key `path`. Whether the file can be read turns out with the first run.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        path = configuration.path("path")
        logger = context.logger
        files = FileThread(name: "kata-lines", clock: context.clock)
    }

    /// A run ends with the last line that is there.
    public var extent: SourceExtent { .bounded }
    /// The file.
    public var inputFiles: [String] { [path] }

    /// A file of this machine.
    public var isLocal: Bool { true }

    /// Emits the next lines, at most as many as were asked for, and little more than the longest one in bytes.
    ///
    /// - Throws: ``FileError``; ``LinesFault``.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        let start: LinesCursor
        switch progress {
        case .exhausted: return SourceBatch(items: [], progress: .exhausted)
        case .start: start = LinesCursor()
        case .at(let text):
            guard let cursor = LinesCursor(text) else { throw LinesFault.unknownCursor(text) }
            start = cursor
        }
        let batch = try await files.perform(on: path) { [path, files] in
            try LinesReader(path: path, progress: files.noteProgress).batch(from: start, limit: limit)
        }
        if case .jobs(let jobs) = batch.content { tell(of: jobs.compactMap(\.failure)) }
        return batch
    }

    private func tell(of failures: [String]) {
        guard let first = failures.first else { return }
        logger.warning(
            "lines that can't be items are failed jobs", metadata: ["lines": "\(failures.count)", "first": "\(first)"])
    }
}
