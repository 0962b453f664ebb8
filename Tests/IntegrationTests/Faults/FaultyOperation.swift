import Foundation
import KataTestSupport
import Testing

/// Something that is done to a database, and is cut short or fails at any of its system calls.
enum FaultyOperation: String, CaseIterable, Sendable {
    case firstStart, submit, work, prune, archive, backup, restore, export, migration

    /// How many jobs the database of an earlier version has. Some of them are due in years.
    private static let fixtureJobs = 28

    /// Does it once in a workplace of its own, and checks what is there afterwards.
    ///
    /// - Returns: what was lost, and what was done twice.
    func run(_ fault: SystemCallFault, place: String) async throws -> Ledger.Verdict {
        let workplace = try Workplace()
        try workplace.writeOperations()
        let ledger = Ledger()
        try FileManager.default.createDirectory(atPath: workplace.path("out"), withIntermediateDirectories: false)
        if self == .migration {
            try copyFixture(to: workplace.database)
        } else if self != .firstStart {
            try await prepare(workplace, ledger)
        }
        let code = try await act(fault, in: workplace, ledger)
        if fault.kind != .kill { #expect(code >= 0, "\(place): ended by signal \(-code)") }

        if self == .restore { try await finishRestore(in: workplace) }
        // The next start works, and what the next command leaves is nothing.
        let daemon = try await workplace.answering(workplace.startDaemon())
        try await repeatCommand(in: workplace)
        let leftovers = { try workplace.leftovers() + workplace.leftovers(in: "out") }
        let isClean = try await eventually { try leftovers().isEmpty }
        try #expect(isClean && leftovers().isEmpty, "\(place)")
        if self == .migration {
            #expect(try await workplace.count("jobs") == Self.fixtureJobs, "\(place)")
        } else {
            try await #require(
                eventually { try await workplace.count("jobs WHERE state IN ('pending', 'scheduled')") == 0 },
                "\(place)")
        }
        daemon.kill(SIGTERM)
        #expect(try await daemon.wait() == 0, "\(place): \(daemon.standardError)")
        return try await ledger.verdict(of: workplace)
    }

    /// A database with jobs that are done.
    private func prepare(_ workplace: Workplace, _ ledger: Ledger) async throws {
        let daemon = try await workplace.answering(workplace.startDaemon())
        try await submit(1...40, in: workplace, ledger)
        for item in 1...20 { _ = try await workplace.post(#"{"item": "\#(item)"}"#, to: "trash") }
        try await #require(eventually { try await workplace.count("jobs WHERE state = 'done'") == 60 })
        daemon.kill(SIGTERM)
        try #require(try await daemon.wait() == 0)
        if self == .restore || self == .backup {
            let outcome = try await workplace.control("backup", "copy.db", "--database", workplace.database)
            try #require(outcome.code == 0, "\(outcome.errors)")
        }
    }

    private func copyFixture(to path: String) throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("KataSQLiteTests/Fixtures/schema-3.sqlite").path
        try FileManager.default.copyItem(atPath: fixture, toPath: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    /// - Returns: the exit code of the process to which the fault happened, or minus the signal that ended it.
    private func act(_ fault: SystemCallFault, in workplace: Workplace, _ ledger: Ledger) async throws -> Int32 {
        switch self {
        case .firstStart, .migration, .submit, .work, .prune:
            let daemon = try fault.start(Binaries.katad, ["--config", "kata.yaml"], in: workplace)
            defer { workplace.killTraced(daemon) }
            let isThere = try await eventually {
                if daemon.hasEnded { return true }
                return (try? await workplace.request("GET", "/v1/status").status) == 200
            }
            try #require(isThere)
            if !daemon.hasEnded {
                try await work(in: workplace, ledger)
                // strace lets the signals through that are sent to what it traces, and none that are sent to itself.
                for process in try children(of: daemon.pid) { kill(process, SIGTERM) }
            }
            return try await daemon.wait(atMost: .seconds(120))
        case .archive:
            let daemon = try await workplace.answering(workplace.startDaemon())
            let code = try await fault.run(Binaries.kataControl, arguments, in: workplace)
            daemon.kill(SIGTERM)
            try #require(try await daemon.wait() == 0)
            return code
        case .backup, .restore, .export:
            return try await fault.run(Binaries.kataControl, arguments, in: workplace)
        }
    }

    /// What a daemon is asked meanwhile. It may go away at any moment.
    private func work(in workplace: Workplace, _ ledger: Ledger) async throws {
        switch self {
        case .submit, .work:
            for batch in 0..<10 { try? await submit(100 + batch * 10...109 + batch * 10, in: workplace, ledger) }
            if self == .work {
                _ = try await eventually {
                    guard let answer = try? await workplace.request("GET", "/v1/jobs?state=pending") else {
                        return true
                    }
                    return answer.object["jobs"].map { ($0 as? [Any])?.isEmpty ?? true } ?? true
                }
            }
        case .prune:
            for batch in 0..<5 {
                _ = try? await workplace.post(#"{"item": "\#(batch)"}"#, to: "trash")
                _ = try? await workplace.request(
                    "POST", "/v1/pipelines/trash/prune?state=done&before=2100-01-01T00:00:00Z")
            }
        case .firstStart, .migration, .archive, .backup, .restore, .export: break
        }
    }

    private func submit(_ numbers: ClosedRange<Int>, in workplace: Workplace, _ ledger: Ledger) async throws {
        let body = numbers.map { #"{"item": "\#($0)"}"# }.joined(separator: "\n")
        let answer = try await workplace.post(Array(body.utf8), to: "mail", type: "application/x-ndjson")
        guard answer.status == 201 else { return }
        for (id, number) in zip(answer.ids, numbers) { ledger.acknowledge(id, item: "\(number)") }
    }

    private var arguments: [String] {
        switch self {
        case .backup: ["backup", "out/copy.db", "--database", "kata.db"]
        case .restore: ["restore", "copy.db", "--database", "kata.db"]
        case .export: ["export", "--output", "out/results.txt", "--database", "kata.db"]
        case .archive:
            [
                "prune", "trash", "--state", "done", "--older-than", "0", "--archive", "out/archive", "--socket",
                "kata.sock",
            ]
        case .firstStart, .submit, .work, .prune, .migration: []
        }
    }

    /// A restore that was cut short is refused by the next start, or has not happened; done again, it is done.
    private func finishRestore(in workplace: Workplace) async throws {
        let outcome = try await workplace.run(Binaries.kataControl, arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    private func repeatCommand(in workplace: Workplace) async throws {
        guard self == .backup || self == .export || self == .archive else { return }
        // An archive is put in no file's place.
        try? FileManager.default.removeItem(atPath: workplace.path("out/archive"))
        let outcome = try await workplace.run(Binaries.kataControl, arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
    }
}

extension Workplace {
    fileprivate func writeOperations() throws {
        try write(
            """
            drain_timeout: 2s
            store_patience: 1s
            pipelines:
              mail:
                queue_size: 10
                worker_count: 2
                interruptions: 1000
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
              trash:
                queue_size: 10
                worker_count: 1
                interruptions: 1000
                producer: { plugin: inbox }
                consumer: { plugin: sleep, duration: 0 }
            """, to: "kata.yaml")
    }

    /// Ends what strace runs, and strace with it.
    fileprivate func killTraced(_ tracer: ChildProcess) {
        if tracer.hasEnded { return }
        for process in (try? children(of: tracer.pid)) ?? [] { kill(process, SIGKILL) }
    }
}
