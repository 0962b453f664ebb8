import Logging

extension Logger {
    /// Drops what it is told.
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
