import Testing

@testable import KataPlugins

@Suite("One's own control group")
struct OwnControlGroupTests {
    private let whole = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate"

    @Test("is below the mount")
    func usual() {
        let path = find("0::/system.slice/kata.service\n", "22 1 8:1 / / rw - ext4 /dev/vda rw\n\(whole)\n")
        #expect(path == "/sys/fs/cgroup/system.slice/kata.service")
    }

    @Test("is beside those of version 1")
    func hybrid() {
        let mounts = "31 23 0:27 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n"
        let second = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw"
        #expect(find("8:pids:/a\n0::/b\n", mounts + second) == "/sys/fs/cgroup/unified/b")
        #expect(find("0::/\n", mounts + second) == "/sys/fs/cgroup/unified")
    }

    @Test("is taken from the mount that shows least, which is the one that can be written")
    func nested() {
        let own = "31 30 0:26 /system.slice/kata.service /sys/fs/cgroup/system.slice/kata.service rw - cgroup2 c rw"
        let other = "32 30 0:26 /system.slice/kata.serv /elsewhere rw - cgroup2 c rw"
        let path = find("0::/system.slice/kata.service/daemon\n", "\(whole)\n\(own)\n\(other)\n")
        #expect(path == "/sys/fs/cgroup/system.slice/kata.service/daemon")
    }

    @Test("is none without version 2, or out of sight")
    func missing() {
        #expect(find("8:pids:/a\n", whole) == nil)
        #expect(find("0::/b\n", "22 1 8:1 / / rw - ext4 /dev/vda rw\n") == nil)
        #expect(find("0::/b\n", "30 23 0:26 /a /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n") == nil)
        #expect(find("", "") == nil)
    }

    private func find(_ membership: String, _ mounts: String) -> String? {
        OwnControlGroup.find(membership: membership, mounts: mounts)?.path
    }
}
