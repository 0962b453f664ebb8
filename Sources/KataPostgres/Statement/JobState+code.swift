import Kata

extension JobState {
    /// The value of `job.state`.
    var code: Int64 {
        switch self {
        case .pending: 0
        case .scheduled: 1
        case .done: 2
        case .failed: 3
        case .cancelled: 4
        case .waiting: 5
        }
    }

    /// The state with that value of `job.state`, which has to be one.
    init(code: Int64) {
        switch code {
        case 0: self = .pending
        case 1: self = .scheduled
        case 2: self = .done
        case 3: self = .failed
        case 4: self = .cancelled
        case 5: self = .waiting
        default: preconditionFailure("no job state has the code \(code)")
        }
    }
}
