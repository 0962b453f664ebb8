import CLinux
import Glibc
import Kata

/// A process to start.
struct ProcessLaunch: Sendable {
    struct Identity: Hashable, Sendable {
        var user: uid_t
        var group: gid_t
        var groups: [gid_t]
    }

    struct Limit: Hashable, Sendable {
        var resource: Int32
        var soft: UInt64
        var hard: UInt64
    }

    /// The program, from the root.
    var path: String
    /// All of them, the program's own name included.
    var arguments: [String]
    /// All variables, as `NAME=value`; none come from the daemon besides.
    var environment: [String]
    /// The working directory; `nil` means that of the daemon.
    var directory: String?
    /// The user to become; `nil` means that of the daemon.
    var identity: Identity?
    var limits: [Limit] = []
    /// Whether it has a descriptor ``reportsDescriptor`` to write on how far it is.
    var hasReports = false
    /// Where it gets a control group of its own; `nil` means that of the daemon.
    var groups: ControlGroupPool?

    /// The number of the descriptor on which a process says how far it is.
    static let reportsDescriptor = 3

    /// How long it may take until the program begins, in milliseconds. The thread of a reactor waits for that, with all its
    /// other processes, and another process may stop this one before it has begun.
    private static let patience: Int32 = 10_000

    /// Starts the process with these as its descriptors 0 to 2, and 3 if it has one for ``hasReports``.
    ///
    /// - Throws: ``ProcessLaunchError``.
    func start(input: Int32, output: Int32, error: Int32, reports: Int32?) throws -> StartedProcess {
        // A group in which nothing could be started is not given back: it is removed when this function ends.
        let group = try takeGroup()
        var result = clinux_spawn_result()
        /// An error number of the system.
        let code = withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                withRequest(arguments, environment) { request in
                    request.descriptors = (input, output, error, reports ?? -1)
                    request.control_group = group?.leaf.descriptor ?? -1
                    request.patience = Self.patience
                    return OrphanReaper.shared.starting {
                        let code = clinux_spawn(&request, &result)
                        return (code == 0 ? result.process : nil, code)
                    }
                }
            }
        }
        guard code == 0 else { throw ProcessLaunchError(self, step: result.step, code: result.error) }
        return StartedProcess(
            number: result.process, descriptor: result.descriptor, group: group, memoryFloor: clinux_own_peak_memory())
    }

    /// With the number of open files that the daemon was started with, unless another one is configured.
    private var allLimits: [Limit] {
        let openFiles = Int32(RLIMIT_NOFILE.rawValue)
        guard let original = FileDescriptorLimit.original, !limits.contains(where: { $0.resource == openFiles }) else {
            return limits
        }
        return limits + [Limit(resource: openFiles, soft: UInt64(original.rlim_cur), hard: UInt64(original.rlim_max))]
    }

    private func takeGroup() throws -> ControlGroupUse? {
        do {
            return try groups?.take()
        } catch let failure as ControlGroup.Failure {
            throw ProcessLaunchError(self, step: CLINUX_SPAWN_GROUP, code: failure.code)
        }
    }

    private func withRequest(
        _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>,
        _ body: (inout clinux_spawn_request) -> Int32
    ) -> Int32 {
        path.withCString { path in
            (directory ?? "").withCString { directoryPath in
                (identity?.groups ?? []).withUnsafeBufferPointer { groups in
                    allLimits.map { clinux_limit(resource: $0.resource, soft: $0.soft, hard: $0.hard) }
                        .withUnsafeBufferPointer {
                            limits in
                            var request = clinux_spawn_request()
                            request.path = path
                            request.arguments = arguments
                            request.environment = environment
                            request.directory = directory == nil ? nil : directoryPath
                            if let identity {
                                request.sets_identity = 1
                                request.user = identity.user
                                request.group = identity.group
                                request.groups = groups.baseAddress
                                request.group_count = groups.count
                            }
                            request.limits = limits.baseAddress
                            request.limit_count = limits.count
                            return body(&request)
                        }
                }
            }
        }
    }

    private func withCStrings<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return (copies + [nil]).withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a list that ends with NULL is empty") }
            return body(base)
        }
    }
}

/// A process that could not be started.
struct ProcessLaunchError: Error, Hashable, CustomStringConvertible {
    /// What the system refused.
    enum Cause: Hashable {
        /// The working directory.
        case directory
        /// The program itself.
        case program
        /// What is the same for every process with these settings.
        case other
    }

    let code: Int32
    let cause: Cause
    let description: String

    /// Whether a later start may succeed: there are too many descriptors or processes, or too little memory, now.
    var isShortage: Bool { [EMFILE, ENFILE, EAGAIN, ENOMEM].contains(code) }

    init(_ launch: ProcessLaunch, step: clinux_spawn_step, code: Int32) {
        self.code = code
        cause =
            switch step {
            case CLINUX_SPAWN_DIRECTORY: .directory
            case CLINUX_SPAWN_EXEC: .program
            default: .other
            }
        let reason =
            code == ETIMEDOUT
            ? "it has not begun in time: something has stopped it, or a file system does not answer"
            : String(cString: strerror(code))
        description =
            switch step {
            case CLINUX_SPAWN_DIRECTORY: "cannot change to the directory '\(launch.directory ?? "")': \(reason)"
            case CLINUX_SPAWN_GROUP: "cannot start '\(launch.path)' in a control group: \(reason)"
            case CLINUX_SPAWN_IDENTITY: "cannot become the user of '\(launch.path)': \(reason)"
            case CLINUX_SPAWN_LIMITS: "cannot set the limits of '\(launch.path)': \(reason)"
            case CLINUX_SPAWN_EXEC: "cannot start '\(launch.path)': \(Self.reason(launch, code) ?? reason)"
            default: "cannot start '\(launch.path)': \(reason)"
            }
    }

    /// What the system's error means for this program; `nil` if it says it all.
    private static func reason(_ launch: ProcessLaunch, _ code: Int32) -> String? {
        code == ETIMEDOUT ? nil : ProgramFile(launch.path)?.reason(of: code)
    }

    init(_ launch: ProcessLaunch, code: Int32) {
        self.init(launch, step: CLINUX_SPAWN_CLONE, code: code)
    }
}
