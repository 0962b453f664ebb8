import Testing

@testable import KataPlugins

@Suite("What a unit forbids")
struct UnitRestrictionsTests {
    private let all = UnitRestrictions(
        status: "Name:\tkatad\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t12\n", isReadOnly: true)

    @Test(
        "is named in the reason of a failure that looks like it, with what allows it",
        arguments: [
            ("touch: cannot touch '/srv/x': Read-only file system", "paths.conf"),
            (
                "sudo: The \"no new privileges\" flag is set, which prevents sudo from running as root.",
                "NoNewPrivileges="
            ),
            ("ping: => missing cap_net_raw+p capability or setuid?", "NoNewPrivileges="),
            ("unshare: unshare failed: Operation not permitted", "sandbox.conf"),
            ("socket: Address family not supported by protocol", "RestrictAddressFamilies="),
            ("chrt: failed to set pid 0's policy: Operation not permitted", "systemd-run"),
        ])
    func hints(errors: String, hint: String) throws {
        #expect(try #require(all.hint(for: errors)).contains(hint))
        #expect(UnitRestrictions().hint(for: errors) == nil)
    }

    @Test(
        "is not held responsible for other failures", arguments: ["", "No such file or directory", "Permission denied"])
    func others(errors: String) {
        #expect(all.hint(for: errors) == nil)
    }
}
