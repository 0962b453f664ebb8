import Glibc

/// That the system has no descriptor, no thread or no memory for something now.
public struct SystemShortage: Error, Hashable, CustomStringConvertible {
    /// The reason as an `errno`.
    public let code: Int32
    private let what: String

    /// - Parameters:
    ///   - what: what can't be done, as in `start the thread 'kata-timer'`.
    ///   - code: an `errno`.
    package init(_ what: String, code: Int32) {
        self.what = what
        self.code = code
    }

    /// A sentence for people, with what to do.
    public var description: String { "cannot \(what): \(String(cString: strerror(code)))\(advice)" }

    private var advice: String {
        switch code {
        case EMFILE: "; allow this process more open files (ulimit -n, LimitNOFILE=)"
        case ENFILE: "; the whole system has too many open files"
        case EAGAIN: "; allow its user more processes (ulimit -u, LimitNPROC=), or its unit more tasks (TasksMax=)"
        case ENOMEM: "; there is not enough memory for it (ulimit -v, MemoryMax=)"
        default: ""
        }
    }
}
