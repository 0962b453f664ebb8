import Foundation
import Kata
import KataTestSupport
import Testing

@testable import KataPlugins

/// A control group of a test's own below the one that the tests run in, as systemd would delegate it.
final class DelegatedGroup: Sendable {
    let root: ControlGroup
    private let parent: DelegatedControlGroup

    init() throws {
        root = try #require(Self.home).child("kata-\(UUID().uuidString)")
        try root.make()
        parent = try DelegatedControlGroup(root: root, movesDaemon: false)
    }

    deinit {
        root.kill()
        root.remove()
    }

    var state: ControlGroups.State { .available(parent) }

    /// Where one can be made; `nil` if it can't.
    private static let home: ControlGroup? = {
        guard let membership = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
            let mounts = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8),
            let own = OwnControlGroup.find(membership: membership, mounts: mounts)
        else { return nil }
        let probe = own.child("kata-probe-\(UUID().uuidString)")
        // Where that fails there are no tests of groups.
        guard (try? probe.make()) != nil else { return nil }
        defer { probe.remove() }
        return probe.has("cgroup.kill") ? own : nil
    }()

    static var isPossible: Bool { home != nil }

    /// Whether groups here can have that limit.
    static func canLimit(_ controller: String) -> Bool {
        guard let home else { return false }
        // Already there, or refused.
        try? home.write("+\(controller)", to: "cgroup.subtree_control")
        return home.words(in: "cgroup.subtree_control").contains(controller)
    }
}
