import Foundation
import KataTestSupport

/// What happens at the N-th of the calls that a process makes of one kind: the process is killed, or the call fails.
struct SystemCallFault: CustomStringConvertible, Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case kill = "signal=KILL"
        case inputOutput = "error=EIO"
        case full = "error=ENOSPC"
    }

    let kind: Kind
    let call: String
    let number: Int

    /// Those that change files. What a library tells itself by a `write` to an event descriptor does not fail, so that call is
    /// only where a process is killed.
    private static let calls = [
        "pwrite64", "fsync", "fdatasync", "ftruncate", "rename,renameat2", "unlink,unlinkat", "link", "openat", "write",
    ]

    init(_ rounds: inout FaultRounds) {
        kind = Kind.allCases[rounds.random(0...2)]
        let calls = kind == .kill ? Self.calls : Self.calls.dropLast()
        call = calls[rounds.random(0...calls.count - 1)]
        // Of most calls there are few.
        number = rounds.random(1...(rounds.random(0...1) == 0 ? 12 : 200))
    }

    init(_ kind: Kind, _ call: String, _ number: Int) {
        self.kind = kind
        self.call = call
        self.number = number
    }

    var description: String { "\(kind.rawValue) at \(call) \(number)" }

    /// Starts a program to which it happens.
    func start(_ program: String, _ arguments: [String], in workplace: Workplace) throws -> ChildProcess {
        let options = [
            "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e", "signal=none", "-e",
            "inject=\(call):\(kind.rawValue):when=\(number)", "--",
        ]
        return try ChildProcess("strace", options + [program] + arguments, in: workplace.directory)
    }

    func run(_ program: String, _ arguments: [String], in workplace: Workplace) async throws -> Int32 {
        try await start(program, arguments, in: workplace).wait(atMost: .seconds(120))
    }

    /// Whether it can be brought about here; why not is printed.
    static func isPossible(in workplace: Workplace) async throws -> Bool {
        let outcome = try await workplace.run("strace", ["-f", "-o", "/dev/null", "true"])
        if outcome.code != 0 { print("skipped: strace can't trace a process here: \(outcome.errors)") }
        return outcome.code == 0
    }
}
