import Glibc
import Kata

/// The resource limits of processes, `limits: { memory: 512M, cpu_time: 1m, open_files: 256, processes: 64, file_size: 1G }`.
enum ProcessLimits {
    /// Reads the key `limits`. Faults are noted in the section.
    static func read(_ section: inout ConfigurationSection) -> [ProcessLaunch.Limit] {
        guard let node = section.optionalNode("limits") else { return [] }
        var limits = ConfigurationSection(node, title: "limits", report: section.report)
        var found: [ProcessLaunch.Limit] = []
        func add(_ resource: __rlimit_resource, _ value: UInt64, grace: UInt64 = 0) {
            found.append(ProcessLaunch.Limit(resource: Int32(resource.rawValue), soft: value, hard: value + grace))
        }
        if let size = limits.optionalSize("memory") { add(RLIMIT_AS, size) }
        if let size = limits.optionalSize("file_size") { add(RLIMIT_FSIZE, size) }
        if let duration = limits.optionalDuration("cpu_time") {
            // At the soft limit the process gets SIGXCPU, which tells why it ends; at the hard one SIGKILL.
            add(RLIMIT_CPU, UInt64(max(1, duration.seconds.rounded(.up))), grace: 1)
        }
        if limits.has("open_files") { add(RLIMIT_NOFILE, UInt64(limits.integer("open_files", in: 3...1_048_576))) }
        // Not in the Glibc module. It counts all processes of the user, and does not bind root.
        if limits.has("processes") {
            let count = UInt64(limits.integer("processes", in: 1...4_194_304))
            found.append(ProcessLaunch.Limit(resource: 6, soft: count, hard: count))
        }
        limits.finish()
        return found
    }
}
