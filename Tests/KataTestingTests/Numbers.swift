import Kata
import KataTestSupport

/// Emits numbers, a few at a time.
struct Numbers: JobSource {
    let count: Int
    /// From where it was asked for more.
    let asked: Notes<String>
    var extent: SourceExtent { .bounded }
    var followsJobs: Bool { true }

    func items(from progress: SourceProgress, run: Run, limit: Int) async throws -> SourceBatch {
        var first = 0
        if case .at(let cursor) = progress { first = Int(cursor) ?? 0 }
        asked.add("\(first)")
        let end = min(count, first + min(limit, 7))
        return SourceBatch(
            items: (first..<end).map(String.init), progress: end == count ? .exhausted : .at(cursor: "\(end)"))
    }
}
