import ArgumentParser
import Kata

/// The id of a job such as `17`, or a range such as `17-20` of at most ``NewJob/afterLimit`` ids.
struct JobIDRange: ExpressibleByArgument {
    let ids: ClosedRange<Job.ID>

    init?(argument: String) {
        let bounds = argument.split(separator: "-", omittingEmptySubsequences: false).compactMap { Job.ID($0) }
        guard let first = bounds.first, let last = bounds.last, bounds.count <= 2, 1 <= first, first <= last,
            last - first < NewJob.afterLimit
        else { return nil }
        ids = first...last
    }
}
