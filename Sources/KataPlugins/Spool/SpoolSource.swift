public import Kata
import Logging
import Synchronization

/// Emits the files of a directory, as their paths. A finished job's file is moved to `done` or `failed` below it.
///
/// A file becomes a job when it is moved into the directory, or closed after it was written there. Names that begin with a
/// dot are left alone, so a file can be written under such a name and renamed when it is complete.
public final class SpoolSource: JobSource, Plugin {
    /// In the configuration: `producer: { plugin: spool }`.
    public static let pluginName = "spool"

    /// How often the source makes sure that the directory is still the one that it watches, and tries again to move what
    /// it could not move.
    private static let checkInterval = Duration.seconds(5)
    /// How long a file has to be left alone where the system does not tell whether it is being written.
    private static let quietTime = Duration.seconds(10)
    /// To make a large copy durable takes a slow disk a while.
    private static let copyPatience = Duration.seconds(60)

    /// As it was configured. See ``directory()``.
    private let path: String
    /// Where the path led when it first gave an answer; `nil` before.
    private let resolved: Mutex<String?>
    let logger: Logger
    let state = Mutex(SpoolState())
    /// Set when there is something to look at.
    let news = AutoResetEvent()
    /// For what is quick if the directory's file system answers.
    let files: FileThread
    /// For what may have to copy a file to or from another file system: one after the other.
    let copies: FileThread
    private let watch = Mutex<DirectoryWatch?>(nil)
    private let clock: any MonotonicClock
    private let wallClock: any WallClock
    /// Names that are no UTF-8 and were told of.
    private let oddNames = Mutex<Set<[UInt8]>>([])

    /// Reads the key `directory`. Faults are noted in the section, also that there is no such directory.
    public init(configuration: inout ConfigurationSection, context: PluginContext) {
        let path = configuration.path("directory")
        let look = path.isEmpty ? nil : FileQuestion.ask(.optional) { SpoolLook(path: path) }
        for fault in look?.faults ?? [] { configuration.fault("directory", fault) }
        if !path.isEmpty && look == nil {
            context.logger.warning(
                "the spool directory gives no answer and is not checked", metadata: ["directory": "\(path)"])
        }
        self.path = path
        resolved = Mutex(look?.resolved)
        files = FileThread(name: "kata-files", clock: context.clock)
        copies = FileThread(name: "kata-copies", patience: Self.copyPatience, clock: context.clock)
        clock = context.clock
        wallClock = context.wallClock
        logger = context.logger
    }

    /// Files may come at any time, so a run has no last one.
    public var extent: SourceExtent { .endless }
    /// So that the files of finished jobs are moved.
    public var followsJobs: Bool { true }

    /// Why files of finished jobs were not moved, if any were not.
    public var problem: String? {
        state.withLock { state in
            state.unmoved.values.first.map { "\(state.unmoved.count) spooled files were not moved: \($0.error)" }
        }
    }

    /// A file of this machine.
    public var isLocal: Bool { true }

    /// Waits for files and emits them.
    ///
    /// - Throws: ``FileError``; ``SpoolFault``; an error that says that the directory gives no answer.
    public func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        while true {
            try Task.checkCancellation()
            let directory = try await directory()
            try await keepWatching(directory)
            await moveUnmoved()
            let files = try await newFiles(in: directory, limit: limit)
            if !files.isEmpty {
                let jobs = files.map { file in
                    var job = NewJob(item: file.path, uniqueKey: file.uniqueKey)
                    job.uniqueStem = file.uniqueStem
                    return job
                }
                return SourceBatch(jobs: jobs, progress: .at(cursor: ""))
            }
            try await waitForNews()
        }
    }

    /// Ends the watch.
    public func stop() async {
        watch.withLock { $0 = nil }
    }

    /// The directory's path from the root, without links, by which its jobs are known.
    ///
    /// - Throws: ``FileError`` if there is nothing; ``UnansweredFile``, and what else keeps a ``FileThread`` from an answer.
    func directory() async throws -> String {
        if let resolved = resolved.withLock({ $0 }) { return resolved }
        let path = try await files.perform(on: path) { [path] in try SpoolLook.resolve(path) }
        resolved.withLock { $0 = path }
        return path
    }

    /// Sees to it that the directory of that path is watched, and not one that had the path before.
    private func keepWatching(_ directory: String) async throws {
        let watched = watch.withLock { $0?.identity }
        let current = try await files.perform(on: directory) { FileIdentity(of: directory) }
        if let watched, watched == current { return }
        if watched != nil {
            watch.withLock { $0 = nil }
            logger.warning("the spool directory was moved or replaced", metadata: ["directory": "\(directory)"])
        }
        let progress = files.noteProgress
        let new = try await files.perform(on: directory) { [weak self] in
            // First the watch and then the look, so that no file comes in between unseen.
            let new = try DirectoryWatch(path: directory) { [weak self] event in self?.hear(event) }
            try SpoolDirectory(path: directory).prepareDestinations(progress: progress)
            return new
        }
        removeLeftoversInBackground(
            in: SpoolDirectory.destinations.map { "\(directory)/\($0)" }, logger: logger)
        state.withLock { $0.noteLoss() }
        watch.withLock { $0 = new }
        if watched != nil {
            logger.notice("the spool directory is watched again", metadata: ["directory": "\(directory)"])
        }
    }

    private func hear(_ event: DirectoryWatch.Event) {
        switch event {
        case .came(let names):
            let names = names.compactMap(usableName)
            state.withLock { state in
                for name in names { state.noteArrival(name, isComplete: true) }
            }
        case .lost: state.withLock { $0.noteLoss() }
        case .gone: break
        }
        news.set()
    }

    private func waitForNews() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [news] in try await news.wait() }
            group.addTask { [clock] in try await clock.sleep(for: Self.checkInterval) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Files that are no jobs yet, and are complete. From then on they are jobs.
    private func newFiles(in directory: String, limit: Int) async throws -> [SpoolFile] {
        if state.withLock({ $0.needsListing }) {
            // Before the listing, so that what is lost meanwhile is asked for once more.
            state.withLock { $0.listed() }
            let names: [String]
            do {
                names = try await files.perform(on: directory) { [files] in
                    try SpoolDirectory(path: directory).names(progress: files.noteProgress)
                }
                .compactMap(usableName)
            } catch {
                state.withLock { $0.noteLoss() }
                throw error
            }
            state.withLock { state in
                for name in names where state.known[name] == nil { state.noteArrival(name, isComplete: false) }
            }
        }
        var found: [SpoolFile] = []
        var later: [String] = []
        defer { state.withLock { state in for name in later { state.noteArrival(name, isComplete: false) } } }
        while found.count < limit {
            let arrivals = state.withLock { $0.takeArrivals(limit: limit - found.count) }
            if arrivals.isEmpty { break }
            do {
                let (complete, incomplete) = try await files.perform(on: directory) { [self] in
                    look(at: arrivals, in: directory)
                }
                state.withLock { state in for file in complete { state.becomesJob(file.name, file.state) } }
                found += complete
                later += incomplete
            } catch {
                state.withLock { $0.putBack(arrivals) }
                // They would be jobs that nobody gets.
                if found.isEmpty { throw error }
                return found
            }
        }
        return found
    }

    /// - Returns: files that are complete, and the names of those that are to be looked at once more.
    private func look(at arrivals: [SpoolState.Arrival], in directory: String) -> ([SpoolFile], later: [String]) {
        var files: [SpoolFile] = []
        var later: [String] = []
        for arrival in arrivals {
            // Of a file server each look takes a while.
            self.files.noteProgress()
            guard let file = SpoolFile(name: arrival.name, directory: directory) else { continue }
            switch arrival.isComplete ? .complete : file.completeness {
            case .complete: files.append(file)
            case .beingWritten: logger.debug("a spooled file is being written", metadata: ["file": "\(file.path)"])
            case .unknown where isQuiet(file): files.append(file)
            case .unknown: later.append(file.name)
            }
        }
        return (files, later)
    }

    private func isQuiet(_ file: SpoolFile) -> Bool {
        guard let modified = file.modified else { return false }
        // A file from the future was not written just now either.
        return abs(wallClock.now().milliseconds - modified.milliseconds) > Self.quietTime.milliseconds
    }

    /// The name of a file that may be a job; `nil` for any other.
    private func usableName(_ bytes: [UInt8]) -> String? {
        if bytes.first == UInt8(ascii: ".") { return nil }
        guard let name = String(validating: bytes, as: UTF8.self) else {
            if oddNames.withLock({ $0.insert(bytes).inserted }) {
                let text = String(decoding: bytes, as: UTF8.self)
                logger.warning(
                    "a spooled file is left alone: its name is not valid UTF-8", metadata: ["name": "\(text)"])
            }
            return nil
        }
        return SpoolDirectory.destinations.contains(name) ? nil : name
    }
}
