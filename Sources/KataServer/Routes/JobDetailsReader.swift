import Kata
import Synchronization

/// Reads jobs for answers about them. All who ask while a read is under way, such as those who are told of ends at the same
/// moment, are served by the next one.
final class JobDetailsReader: Sendable {
    private struct State {
        /// What is asked and not read yet. Whoever asks later must see what was committed since, and asks anew.
        var asked: [Job.ID: Promise<JobDetails?>] = [:]
        var isReading = false
    }

    private let records: any JobStoreReader
    private let state = Mutex(State())

    init(records: any JobStoreReader) {
        self.records = records
    }

    /// How many jobs are to be read with the next read, for tests.
    var askedCount: Int { state.withLock { $0.asked.count } }

    /// A job as it is now; `nil` if there is none.
    ///
    /// - Throws: what the store threw; `CancellationError`.
    func details(of id: Job.ID) async throws -> JobDetails? {
        let (promise, isFirst) = state.withLock { state in
            let promise = state.asked[id] ?? Promise()
            state.asked[id] = promise
            defer { state.isReading = true }
            return (promise, !state.isReading)
        }
        // Not a part of this task: if that is cut off, the others are still served.
        if isFirst { Task { await readAll() } }
        return try await promise.value()
    }

    private func readAll() async {
        while let asked = takeAsked() {
            var ids = asked.keys.sorted()[...]
            do {
                while !ids.isEmpty {
                    let page = try await records.details(Array(ids))
                    for (id, details) in zip(ids, page) { asked[id]?.keep(.success(details)) }
                    ids = ids.dropFirst(max(1, page.count))
                }
            } catch {
                // It may be about one of them only.
                for id in ids { asked[id]?.keep(await readAlone(id)) }
            }
        }
    }

    private func readAlone(_ id: Job.ID) async -> Result<JobDetails?, any Error> {
        do {
            return .success(try await records.details([id]).first ?? nil)
        } catch {
            return .failure(error)
        }
    }

    /// - Returns: `nil` if nothing is asked; then the reading is over.
    private func takeAsked() -> [Job.ID: Promise<JobDetails?>]? {
        state.withLock { state in
            if state.asked.isEmpty {
                state.isReading = false
                return nil
            }
            defer { state.asked = [:] }
            return state.asked
        }
    }
}
