/// The ids of submitted jobs as short text: ids and ranges of them, such as `3-7,12,(5)`. Those in brackets were there
/// before.
package struct SubmittedJobList {
    /// In order.
    package let jobs: [SubmittedJob]

    /// Takes a list of jobs.
    package init(jobs: [SubmittedJob]) {
        self.jobs = jobs
    }

    /// Reads a list; what is none in it is passed over.
    package init(text: String) {
        jobs = text.split(separator: ",").flatMap { part -> [SubmittedJob] in
            let isDuplicate = part.hasPrefix("(")
            let bounds = part.filter { $0 != "(" && $0 != ")" }.split(separator: "-").compactMap { Job.ID($0) }
            guard let first = bounds.first, let last = bounds.last, first <= last else { return [] }
            return (first...last).map { SubmittedJob(id: $0, state: isDuplicate ? nil : .pending) }
        }
    }

    /// As it is kept.
    package var text: String {
        var parts: [String] = []
        var rest = jobs[...]
        while let first = rest.popFirst() {
            if first.isDuplicate {
                parts.append("(\(first.id))")
                continue
            }
            var last = first.id
            while let next = rest.first, !next.isDuplicate, next.id == last + 1 {
                last = next.id
                rest.removeFirst()
            }
            parts.append(last == first.id ? "\(last)" : "\(first.id)-\(last)")
        }
        return parts.joined(separator: ",")
    }
}
