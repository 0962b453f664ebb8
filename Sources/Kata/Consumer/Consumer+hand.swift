extension Consumer {
    /// What a consumer has.
    enum Hand {
        case empty
        /// Empty, and the consumer waits for a job, and for nothing else.
        case waiting
        /// With a job that is not begun.
        case holding(Job)
        /// With a job that the handler has.
        case handling(Job, since: MonotonicInstant)

        /// The job, begun or not.
        var job: Job? {
            switch self {
            case .empty, .waiting: nil
            case .holding(let job), .handling(let job, _): job
            }
        }

        /// The job that was begun.
        var handled: Job? {
            switch self {
            case .empty, .waiting, .holding: nil
            case .handling(let job, _): job
            }
        }

        /// When that job was begun.
        var begunAt: MonotonicInstant? {
            switch self {
            case .empty, .waiting, .holding: nil
            case .handling(_, let start): start
            }
        }
    }
}
