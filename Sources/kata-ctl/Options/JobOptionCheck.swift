import ArgumentParser
import Kata

/// What has to hold for the options that say something of a job.
enum JobOptionCheck {
    /// - Throws: `ValidationError`.
    static func priority(_ priority: Int?) throws {
        if let priority, !NewJob.priorities.contains(priority) {
            throw ValidationError("--priority must be from -100 to 100")
        }
    }

    /// - Parameter option: the option's name.
    /// - Throws: `ValidationError` if it is no time, or if there is a delay as well.
    static func time(_ text: String?, _ option: String, delay: String?) throws {
        if text != nil && delay != nil {
            throw ValidationError("\(option) and --in are two ways to say when; use one")
        }
        if let text, Timestamp(iso8601: text) == nil {
            throw ValidationError("\(option) is '\(text)', expected a time such as 2026-01-31T12:00:00Z")
        }
    }

    /// - Parameter option: the option's name.
    /// - Throws: `ValidationError`.
    static func duration(_ text: String?, _ option: String) throws {
        if let text, Duration(configuration: text) == nil {
            throw ValidationError(
                "\(option) is '\(text)', expected a duration of at most 365d, such as 1.5s, 10m, 2h or 7d")
        }
    }
}
