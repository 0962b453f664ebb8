import Kata
import KataSQLite
import Logging
import ServiceLifecycle

/// Checks the database once, after an unclean end of the daemon before, as far as nothing else is to be done.
///
/// Each table is read in one state of the database, which keeps the write-ahead log from being reset meanwhile. So a table
/// that takes too long is left out. A drain cuts the check short.
struct CrashCheckService: Service {
    let databasePath: String
    let reads: ReadsInProgress
    let health: DatabaseHealth
    let logger: Logger
    /// How long one table may take.
    var limit = Duration.seconds(10)
    /// How often is looked whether a table takes too long.
    private static let interval = Duration.milliseconds(250)

    func run() async {
        await check()
        // A service that ends before its turn while others are being shut down counts as one that has failed. Only the end of
        // the whole group cuts the wait short.
        try? await gracefulShutdown()
    }

    private func check() async {
        health.check = .running
        var outcome = CheckOutcome()
        do {
            let check = try QuickCheck(path: databasePath, reads: reads)
            outcome = try await cancelWhenGracefulShutdown { try await look(check) }
        } catch is CancellationError {
            return
        } catch {
            outcome.failure = "\(error)"
        }
        health.check = .ended(outcome, at: .now())
        log(outcome)
    }

    /// - Throws: `CancellationError` if it was cut short; ``StoreFailure``.
    private func look(_ check: QuickCheck) async throws -> CheckOutcome {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // The thread that checks is in SQLite, and can't look at the clock.
            group.addTask {
                while true {
                    try await PreciseClock().sleep(for: Self.interval)
                    check.skip(after: limit)
                }
            }
            defer { group.cancelAll() }
            let outcome = try await withTaskCancellationHandler {
                try await onThread(named: "kata-check") { try Self.look(check) }
            } onCancel: {
                check.stop()
            }
            try Task.checkCancellation()
            return outcome
        }
    }

    private static func look(_ check: QuickCheck) throws -> CheckOutcome {
        QuickCheck.yieldToOthers()
        var outcome = CheckOutcome()
        for table in try check.tables() {
            if let faults = try check.faults(in: table) {
                outcome.faults += faults.map { "\(table): \($0)" }
            } else {
                outcome.unchecked.append(table)
            }
        }
        return outcome
    }

    private func log(_ outcome: CheckOutcome) {
        if !outcome.faults.isEmpty {
            logger.critical(
                "the database is damaged; keep the file, look at the disk and the kernel's log, and run kata-ctl check",
                metadata: [
                    "database": "\(databasePath)", "faults": "\(outcome.faults.count)", "first": "\(outcome.faults[0])",
                ])
        } else if let failure = outcome.failure {
            logger.error("the database could not be checked", metadata: ["error": "\(failure)"])
        } else if !outcome.unchecked.isEmpty {
            logger.notice(
                "some tables are too large for the check after an unclean end; kata-ctl check looks at all of them",
                metadata: ["tables": "\(outcome.unchecked.joined(separator: ", "))"])
        } else {
            logger.notice("the database is whole after the unclean end of the daemon before")
        }
    }
}
