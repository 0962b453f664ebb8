import Kata

/// The files that a process with a server may have open.
package enum ServerDescriptors {
    /// Enough for all connections, and for the processes of as many jobs.
    private static let count = 4_096

    /// Raises the limit to what the server can use. To be called before anything else needs many.
    package static func raiseLimit() {
        FileDescriptorLimit.raise(to: count)
    }
}
