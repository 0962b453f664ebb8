import Foundation
import KataMetrics

/// What the kernel says of this process, as metrics. What it does not say, because `/proc` is missing for instance, is left out.
enum ProcessMetrics {
    static func families() -> [MetricFamily] {
        [
            family(
                "process_cpu_seconds_total", .counter, "Processor time of the daemon, without what it has started.", cpu
            ),
            family("process_resident_memory_bytes", .gauge, "Memory of the daemon that is in use.", pages(1)),
            family("process_virtual_memory_bytes", .gauge, "Addresses that the daemon has taken.", pages(0)),
            family("process_open_fds", .gauge, "Open descriptors.", descriptors),
            family("process_max_fds", .gauge, "Descriptors that may be open.", descriptorLimit),
            family("process_start_time_seconds", .gauge, "When the daemon was started.", start),
        ].compactMap { $0 }
    }

    private static func family(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Double?
    ) -> MetricFamily? {
        value.map { MetricFamily(name, kind, help: help, [.init(.number($0))]) }
    }

    private static var cpu: Double? {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    /// A field of `statm`, which counts pages.
    private static func pages(_ field: Int) -> Double? {
        let fields = read("/proc/self/statm")?.split(separator: " ") ?? []
        return fields.count > field ? Double(fields[field]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }

    private static var descriptors: Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0.0
        while readdir(directory) != nil { count += 1 }
        // Itself, its parent, and the descriptor that this look has open.
        return count - 3
    }

    private static var descriptorLimit: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// The time of the system's start, and the time from there to the process's in ticks.
    private static var start: Double? {
        guard let boot = read("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let seconds = Double(boot.dropFirst("btime ".count)),
            let process = read("/proc/self/stat"), let name = process.lastIndex(of: ")")
        else { return nil }
        // The name may hold anything, so the fields are counted from its end.
        let fields = process[name...].split(separator: " ")
        guard fields.count > 20, let ticks = Double(fields[20]) else { return nil }
        return seconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func read(_ path: String) -> String? {
        // Some systems have no /proc, and then there is nothing to say.
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
