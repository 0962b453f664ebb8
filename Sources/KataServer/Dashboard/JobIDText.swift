import Kata

/// Ids of jobs in few characters: `3-7,12`.
struct JobIDText: CustomStringConvertible {
    let description: String

    init(_ ids: [Job.ID]) {
        description = JobIDs(ids.sorted()).ranges.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }
}
