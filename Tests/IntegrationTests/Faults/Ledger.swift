import Foundation
import Kata
import Synchronization
import Testing

/// What clients were told, and what a database has to have therefore, whatever happened.
final class Ledger: Sendable {
    private struct Entries {
        var items: [Int: String] = [:]
        var cancelled: Set<Int> = []
        /// What was acknowledged since the last look at all of them.
        var recent: [Int: String] = [:]
    }

    private let entries = Mutex(Entries())

    var count: Int { entries.withLock { $0.items.count } }

    func acknowledge(_ id: Int, item: String) {
        entries.withLock { entries in
            entries.items[id] = item
            entries.recent[id] = item
        }
    }

    func acknowledgeCancel(_ id: Int) {
        entries.withLock { _ = $0.cancelled.insert(id) }
    }

    /// What is wrong with a database of pipeline `mail`, whose items are each submitted once. It may be that of a daemon which
    /// works on.
    struct Verdict {
        /// Acknowledged, and not there, or there as something else.
        var lost = 0
        /// Done twice, or there twice.
        var twice = 0
        /// What SQLite, or the counters, say.
        var faults: [String] = []
    }

    /// - Parameter isAll: whether all entries are looked at, and not only those since the last time.
    func verdict(of workplace: Workplace, database: String = "kata.db", isAll: Bool = true) async throws -> Verdict {
        // First what was acknowledged, then what is there.
        let (items, cancelled) = entries.withLock { entries in
            defer { entries.recent = [:] }
            return (isAll ? entries.items : entries.recent, isAll ? entries.cancelled : [])
        }
        let first = isAll ? 0 : items.keys.min() ?? .max
        let outcome = try await workplace.run(
            "sqlite3", ["-readonly", "-cmd", ".timeout 30000", workplace.path(database), Self.questions(from: first)])
        try #require(outcome.code == 0, "\(outcome.errors)")
        var verdict = Verdict()
        var rows: [Int: (item: String, state: String)] = [:]
        for line in outcome.output.split(separator: "\n") {
            let columns = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            switch columns[0] {
            case "job": rows[Int(columns[1]) ?? -1] = (columns[3], columns[2])
            case "twice": verdict.twice += Int(columns[1]) ?? 1
            default: verdict.faults.append(String(line))
            }
        }
        verdict.lost += items.count { rows[$0.key]?.item != $0.value }
        verdict.lost += cancelled.count { rows[$0]?.state != "cancelled" }
        return verdict
    }

    /// One connection asks all of it, in one transaction.
    private static func questions(from first: Int) -> String {
        """
        BEGIN;
        SELECT 'job', job_id, state, item FROM jobs WHERE job_id >= \(first) AND pipeline = 'mail';
        SELECT 'twice', count(*) - count(DISTINCT job_id) FROM result;
        SELECT 'twice', count(*) - count(DISTINCT item) FROM jobs WHERE pipeline = 'mail';
        SELECT 'integrity', integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok';
        SELECT 'reference', "table", rowid FROM pragma_foreign_key_check;
        SELECT 'result', id FROM job WHERE (state = 2) <> (result_id IS NOT NULL);
        SELECT 'counters', id FROM run
        WHERE scheduled <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 1)
            OR waiting <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 5)
            OR added - scheduled - waiting - done - failed - cancelled
                <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 0)
            OR done < (SELECT count(*) FROM job WHERE run_id = run.id AND state = 2)
            OR pipeline_id = (SELECT id FROM pipeline WHERE name = 'mail')
                AND (done <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 2)
                OR failed <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 3)
                OR cancelled <> (SELECT count(*) FROM job WHERE run_id = run.id AND state = 4));
        COMMIT;
        """
    }
}

extension Ledger.Verdict {
    /// Adds what was found, and has the test fail for it.
    mutating func add(_ other: Ledger.Verdict, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(other.lost == 0, "\(place): acknowledged and lost", sourceLocation: sourceLocation)
        #expect(other.twice == 0, "\(place): there twice", sourceLocation: sourceLocation)
        #expect(other.faults.isEmpty, "\(place)", sourceLocation: sourceLocation)
        lost += other.lost
        twice += other.twice
        faults += other.faults
    }
}
