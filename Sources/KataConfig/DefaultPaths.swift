import Foundation
import Kata

/// Where files are looked for when nobody says where they are.
public struct DefaultPaths: Sendable {
    private let environment: [String: String]
    /// Whether they are those of a user's own daemon.
    private let isForUser: Bool

    /// Goes by the environment that the process has now.
    ///
    /// - Parameter isForUser: whether they are those of a user's own daemon, rather than of the system's.
    public init(forUser isForUser: Bool = false) {
        self.init(environment: ProcessInfo.processInfo.environment, forUser: isForUser)
    }

    init(environment: [String: String], forUser isForUser: Bool = false) {
        self.environment = environment
        self.isForUser = isForUser
    }

    /// `$KATA_CONFIG`, or else `/etc/kata/kata.yaml`; for a user's own daemon `kata/kata.yaml` where the user has
    /// configurations, which need not be there.
    public var configuration: String {
        value("KATA_CONFIG")
            ?? (isForUser ? "\(home("XDG_CONFIG_HOME", ".config"))/kata/kata.yaml" : "/etc/kata/kata.yaml")
    }

    /// Whether ``configuration`` was named, so that it has to be there.
    public var isConfigurationNamed: Bool { value("KATA_CONFIG") != nil }

    /// `kata.db` in the state directory that systemd gives a service, or else in the working directory; for a user's own
    /// daemon in ``userStateDirectory``.
    public var database: String {
        isForUser ? "\(userStateDirectory)/kata.db" : inDirectory("STATE_DIRECTORY", "kata.db")
    }

    /// `kata.sock` in the runtime directory that systemd gives a service, or else in the working directory; for a user's own
    /// daemon ``userSocket``.
    public var daemonSocket: String { isForUser ? userSocket : inDirectory("RUNTIME_DIRECTORY", "kata.sock") }

    /// The socket of the user's own daemon: in `$XDG_RUNTIME_DIR`, or else in `/run/user` where that has a directory for the
    /// user, or else beside the database.
    public var userSocket: String { "\(userRuntimeDirectory)/kata.sock" }

    /// `$KATA_SOCKET`; `nil` if it is not set.
    public var namedSocket: String? { value("KATA_SOCKET") }

    /// Where a client looks for a daemon, in this order.
    var clientSockets: [String] { [userSocket, "/run/kata/kata.sock", "./kata.sock"] }

    var userStateDirectory: String { "\(home("XDG_STATE_HOME", ".local/state"))/kata" }

    var userRuntimeDirectory: String {
        if let directory = absolute("XDG_RUNTIME_DIR") { return "\(directory)/kata" }
        let directory = "/run/user/\(geteuid())"
        return isDirectory(directory) ? "\(directory)/kata" : userStateDirectory
    }

    private func home(_ variable: String, _ name: String) -> String {
        absolute(variable) ?? "\(value("HOME") ?? NSHomeDirectory())/\(name)"
    }

    /// A path that is not from the root is to be ignored, says the specification of these variables.
    private func absolute(_ variable: String) -> String? {
        value(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    private func inDirectory(_ variable: String, _ name: String) -> String {
        // systemd separates several directories by colons.
        let directory = value(variable)?.split(separator: ":").first.map(String.init) ?? "."
        return "\(directory)/\(name)"
    }

    private func value(_ variable: String) -> String? {
        environment[variable].flatMap { $0.isEmpty ? nil : $0 }
    }
}
