import Foundation

/// Where files are looked for when nobody says where they are.
public struct DefaultPaths: Sendable {
    private let environment: [String: String]

    /// Goes by the environment that the process has now.
    public init() {
        environment = ProcessInfo.processInfo.environment
    }

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// `$KATA_CONFIG`, or else `/etc/kata/kata.yaml`.
    public var configuration: String { value("KATA_CONFIG") ?? "/etc/kata/kata.yaml" }

    /// `kata.db` in the state directory that systemd gives a service, or else in the working directory.
    public var database: String { inDirectory("STATE_DIRECTORY", "kata.db") }

    /// `kata.sock` in the runtime directory that systemd gives a service, or else in the working directory.
    public var daemonSocket: String { inDirectory("RUNTIME_DIRECTORY", "kata.sock") }

    /// `$KATA_SOCKET`; or else the service's socket, or `./kata.sock` if only that is there.
    public var clientSocket: String {
        value("KATA_SOCKET") ?? ["/run/kata/kata.sock", "./kata.sock"].first { access($0, F_OK) == 0 }
            ?? "/run/kata/kata.sock"
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
