import Foundation

/// A real process with its output in files, ended with its owner.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let output: URL
    private let errors: URL
    private let exit: Task<Int32, Never>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: all of its environment but PATH.
    ///   - directory: where its output goes, and what it has for its current directory.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:], in directory: URL) throws {
        let name = "\(URL(fileURLWithPath: program).lastPathComponent).\(UUID().uuidString.prefix(8))"
        output = directory.appendingPathComponent("\(name).out")
        errors = directory.appendingPathComponent("\(name).err")
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.path, flags, 0o600)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = environment.merging(["PATH": path]) { given, _ in given }.map { "\($0)=\($1)" }
        var pid: pid_t = 0
        // `env` changes the directory and becomes the program.
        let code = Self.withCStrings(["env", "--chdir", directory.path, program] + arguments) { arguments in
            Self.withCStrings(variables) { variables in
                posix_spawnp(&pid, "env", &actions, nil, arguments, variables)
            }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
        self.pid = pid
        exit = Task { [pid] in await Self.waitForEnd(of: pid) }
    }

    deinit {
        // A process that has ended was reaped, and its number may be somebody else's by now.
        if !hasEnded { Glibc.kill(pid, SIGKILL) }
    }

    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Whether it has ended, reaped or not.
    var hasEnded: Bool {
        let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return state?.split(separator: ")").last?.split(separator: " ").first.map { $0 == "Z" } ?? true
    }

    func kill(_ signal: Int32) {
        if !hasEnded { Glibc.kill(pid, signal) }
    }

    /// Waits for its end.
    ///
    /// - Returns: the exit code, or minus the signal that ended it.
    func wait(atMost limit: Duration = .seconds(60)) async throws -> Int32 {
        let watchdog = Task { [pid] in
            try await Task.sleep(for: limit)
            Glibc.kill(pid, SIGKILL)
        }
        defer { watchdog.cancel() }
        return await exit.value
    }

    private static func waitForEnd(of pid: pid_t) async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var status: Int32 = 0
                while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
                let signal = status & 0x7f
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : -signal)
            }
        }
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
