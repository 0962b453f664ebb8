import Glibc
public import Kata
import Logging
import Synchronization

/// Emits the files of a directory, as their paths. A finished job's file is moved to `done` or `failed` below it.
///
/// A file becomes a job when it is moved into the directory, or closed after it was written there. Names that begin with a
/// dot are left alone, so a file can be written under such a name and renamed when it is complete.
public struct SpoolSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: spool }`.
    public static let pluginName = "spool"

    private let directory: String
    private let clock: any MonotonicClock
    private let logger: Logger
    /// Names of files that are jobs, so that they are not emitted again.
    private let known = Known()

    private final class Known: Sendable {
        let names = Mutex<Set<String>>([])
    }

    /// Reads the key `directory`. Faults are noted in the section, also that there is no such directory.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        let path = configuration.path("directory")
        var status = stat()
        if !path.isEmpty, stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR {
            configuration.fault("directory", "is '\(path)', which is no directory, expected one that is there")
        }
        directory = SpoolFile.absolutePath(path)
        clock = context.clock
        logger = context.logger
    }

    /// Files may come at any time, so a run has no last one.
    public var extent: SourceExtent { .endless }
    /// So that the files of finished jobs are moved.
    public var followsJobs: Bool { true }

    /// Waits for files and emits them.
    ///
    /// - Throws: ``FileError``.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        for name in SpoolFile.destinations { try SpoolFile.makeDirectory("\(directory)/\(name)") }
        // First the watch and then the look, so that no file comes in between unseen.
        let watch = try DirectoryWatch(path: directory)
        var files = try newFiles(limit: limit)
        if files.isEmpty {
            for await _ in watch.changes {
                files = try newFiles(limit: limit)
                if !files.isEmpty { break }
            }
            try Task.checkCancellation()
        }
        let jobs = files.map { NewJob(item: $0.path, uniqueKey: $0.uniqueKey) }
        return SourceBatch(jobs: jobs, progress: .at(cursor: ""))
    }

    /// Moves the file of a finished job to `done` or `failed`. A move that fails is logged, and the file stays.
    public func settled(_ job: Job, as state: JobState) async {
        do {
            try SpoolFile.move(job, from: directory, to: state == .done ? "done" : "failed")
        } catch {
            logger.error("a spooled file was not moved", metadata: ["job": "\(job.id)", "error": "\(error)"])
        }
        if let name = SpoolFile.name(of: job, in: directory) { known.names.withLock { _ = $0.remove(name) } }
    }

    /// Files that are not known yet, in order of name. From then on they are known.
    private func newFiles(limit: Int) throws -> [SpoolFile] {
        let names = try SpoolFile.names(in: directory)
        return known.names.withLock { known in
            var files: [SpoolFile] = []
            for name in names where files.count < limit && !known.contains(name) {
                if let file = SpoolFile(name: name, directory: directory) { files.append(file) }
            }
            known.formUnion(files.map(\.name))
            return files
        }
    }
}
