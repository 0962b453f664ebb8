import Synchronization

extension Pipeline {
    /// A part of a pipeline that can fail while the others work.
    enum Part: Int {
        case source, export
    }

    /// What keeps parts of the pipeline from working now, as sentences for people.
    var problems: [String] {
        let shown = problemOfPart.withLock { $0.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value) }
        return [configuration.source.problem].compactMap { $0 } + shown
    }

    /// Shows what keeps a part from working; `nil` if it works.
    ///
    /// - Returns: whether that is news.
    @discardableResult
    func show(_ problem: String?, for part: Part) -> Bool {
        problemOfPart.withLock { problems in
            if problems[part] == problem { return false }
            problems[part] = problem
            return true
        }
    }
}
