import Foundation
import Synchronization

/// A real process with its output in files, ended with its owner.
final class ChildProcess: Sendable {
    let pid: pid_t
    private let output: URL
    private let errors: URL
    private let life: Life
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
        let life = Life(pid: pid)
        self.life = life
        exit = Task { await life.end() }
    }

    deinit { kill(SIGKILL) }

    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    var hasEnded: Bool { life.hasEnded }

    func kill(_ signal: Int32) {
        life.kill(signal)
    }

    /// Waits for its end.
    ///
    /// - Returns: the exit code, or minus the signal that ended it.
    func wait(atMost limit: Duration = .seconds(300)) async throws -> Int32 {
        let watchdog = Task { [life] in
            try await Task.sleep(for: limit)
            life.kill(SIGKILL)
        }
        defer { watchdog.cancel() }
        return await exit.value
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// A process from its start until it is reaped. Its number is only used in between: afterwards it may be somebody else's.
private final class Life: Sendable {
    private let pid: pid_t
    private let isReaped = Mutex(false)

    init(pid: pid_t) {
        self.pid = pid
    }

    var hasEnded: Bool { isReaped.withLock { $0 } }

    func kill(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { Glibc.kill(pid, signal) }
        }
    }

    /// Waits for the end and reaps the process.
    ///
    /// - Returns: the exit code, or minus the signal that ended it.
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                var information = siginfo_t()
                while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
                let status = isReaped.withLock { isReaped in
                    var status: Int32 = 0
                    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
                    isReaped = true
                    return status
                }
                let signal = status & 0x7f
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : -signal)
            }
        }
    }
}
