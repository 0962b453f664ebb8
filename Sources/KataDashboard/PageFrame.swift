public import Kata
import KataCharts

/// What is around the content of every page.
public struct PageFrame: Sendable {
    /// What the daemon is that made the page.
    public struct Daemon: Sendable {
        let version: String
        let host: String
        let pid: Int
        let database: String

        /// Describes a daemon.
        public init(version: String, host: String, pid: Int, database: String) {
            self.version = version
            self.host = host
            self.pid = pid
            self.database = database
        }
    }

    /// The parts of the dashboard.
    public enum Place: String, CaseIterable, Sendable {
        case overview = "Overview"
        case jobs = "Jobs"
        case failures = "Failures"
        case schedules = "Schedules"
        case plugins = "Plugins"
        case drain = "Drain"

        /// Where it is.
        public var path: String { self == .overview ? "/ui/" : "/ui/\(rawValue.lowercased())" }
    }

    struct Link: Sendable {
        let name: String
        let path: String
        /// `page` for the page itself, `true` for one that is below; `nil` for others.
        let current: String?
    }

    let title: String
    let places: [Link]
    let asOf: TimeText
    let version: String
    let host: String
    let pid: Int
    let database: String
    let uptime: String

    /// - Parameters:
    ///   - place: the part that the page belongs to; `nil` if it belongs to none.
    ///   - isBelow: whether it is a page below the one of that part.
    public init(
        _ title: String, in place: Place?, isBelow: Bool = false, daemon: Daemon, uptime: Double, at now: Timestamp
    ) {
        self.title = title
        places = Place.allCases.map { other in
            Link(name: other.rawValue, path: other.path, current: other == place ? (isBelow ? "true" : "page") : nil)
        }
        asOf = TimeText(now, at: now, hasSeconds: true)
        version = daemon.version
        host = daemon.host
        pid = daemon.pid
        database = daemon.database
        self.uptime = Words.duration(uptime)
    }
}
