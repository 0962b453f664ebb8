import CLinux
import Foundation
import Glibc
import KataTestSupport
import Testing

@testable import KataPlugins

/// What keeps a process from its beginning is a full pipe here, which the process takes for its control group: it waits there
/// as it does for a file system that does not answer.
@Suite("Starting a process", .timeLimit(.minutes(10)))
struct SpawnTests {
    @Test("is given up when the program does not begin in time, and leaves nothing")
    func patience() async {
        // In a process without other children.
        await #expect(processExitsWith: .success) {
            let pipe = try fullPipe()
            let result = try spawn(group: pipe.write, patience: 100)
            #expect(result.code == -1 && result.error == ETIMEDOUT && result.step == CLINUX_SPAWN_GROUP)
            #expect(try ProcessTable.children() == [])
        }
    }

    @Test("does not wait for ever for a process that is stopped before its program begins")
    func stopped() async {
        await #expect(processExitsWith: .success) {
            let pipe = try fullPipe()
            async let result = Task.detached { try spawn(group: pipe.write, patience: 3_000) }.value
            try await #require(eventually { try !ProcessTable.children().isEmpty })
            let child = try #require(try ProcessTable.children().first)
            try #require(kill(child, SIGSTOP) == 0)
            // The process could go on now, if it was not stopped.
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            try #require(read(pipe.read, &bytes, bytes.count) > 0)
            try await #expect(result.error == ETIMEDOUT)
            #expect(try ProcessTable.children() == [])
        }
    }

    @Test("gives a process that ends with the program's exit code")
    func begins() throws {
        let result = try spawn(group: -1, patience: 60_000)
        #expect(result.code == 0 && result.error == 0)
        var (isSignal, status): (Int32, Int32) = (0, 0)
        #expect(clinux_reap(result.descriptor, &isSignal, &status, nil) == 0 && isSignal == 0 && status == 0)
        close(result.descriptor)
    }

    @Test("has the kernel, where memory runs out, kill what was started rather than the one that started it")
    func killedFirst() throws {
        let before = try killPreference(of: getpid())
        for _ in 0..<50 {
            let result = try spawn("/bin/sleep", ["1000"], group: -1, patience: 60_000)
            try #require(result.code == 0)
            #expect(try killPreference(of: result.process) == max(before, 500))
            #expect(try killPreference(of: getpid()) == before)
            kill(result.process, SIGKILL)
            var (isSignal, status): (Int32, Int32) = (0, 0)
            #expect(clinux_reap(result.descriptor, &isSignal, &status, nil) == 0 && isSignal == 1)
            close(result.descriptor)
        }
    }

    @Test("says which step has failed")
    func failure() throws {
        let result = try spawn("/no/such", group: -1, patience: 60_000)
        #expect(result.code == -1 && result.error == ENOENT && result.step == CLINUX_SPAWN_EXEC)
    }
}

private struct Outcome: Sendable {
    let code: Int32
    let error: Int32
    let step: clinux_spawn_step
    let process: pid_t
    let descriptor: Int32
}

/// How readily the kernel kills a process when memory runs out: 1,000 is first, -1,000 is never.
private func killPreference(of process: pid_t) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/oom_score_adj", encoding: .utf8)
    return try #require(Int(text.trimmingCharacters(in: .newlines)))
}

private func spawn(
    _ path: String = "/bin/true", _ arguments: [String] = [], group: Int32, patience: Int32
) throws -> Outcome {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    try #require(nothing > 2)
    defer { close(nothing) }
    return path.withCString { path in
        let copies = arguments.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let arguments = [UnsafeMutablePointer(mutating: path)] + copies + [nil]
        return arguments.withUnsafeBufferPointer { arguments in
            var request = clinux_spawn_request()
            request.path = path
            request.arguments = arguments.baseAddress
            // Nothing but the end of the list
            request.environment = arguments.baseAddress.map { $0 + arguments.count - 1 }
            request.descriptors = (nothing, nothing, nothing, -1)
            request.control_group = group
            request.patience = patience
            var result = clinux_spawn_result()
            let code = clinux_spawn(&request, &result)
            return Outcome(
                code: code, error: result.error, step: result.step, process: result.process,
                descriptor: result.descriptor)
        }
    }
}

/// A pipe to which nothing can be written.
private func fullPipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(clinux_pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let block = [UInt8](repeating: 0, count: 4_096)
    while write(ends[1], block, block.count) > 0 {}
    _ = fcntl(ends[1], F_SETFL, 0)
    return (ends[0], ends[1])
}
