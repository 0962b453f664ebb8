import Foundation

/// What the kernel says of processes.
enum ProcessTable {
    /// The children of this process, zombies included.
    static func children() throws -> [pid_t] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
            pid_t(name).flatMap { fields(of: $0)?.parent == getpid() ? $0 : nil }
        }
    }

    /// Whether it is there and has not ended. One that nobody has reaped yet has ended.
    static func isAlive(_ process: pid_t) -> Bool {
        fields(of: process).map { !["Z", "X"].contains($0.state) } ?? false
    }

    /// How many descriptors this process has.
    static func descriptorCount() throws -> Int { try descriptors().count }

    /// What this process has open, as `7: pipe:[1234]`, but for what the runtime opens now and then and keeps: timers.
    static func descriptors() throws -> Set<String> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { descriptor in
                // The directory itself is closed by now.
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                return target.flatMap { $0 == "anon_inode:[timerfd]" ? nil : "\(descriptor): \($0)" }
            })
    }

    /// The names of this process's threads.
    static func threadNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap { thread in
            // One that has ended meanwhile has none.
            try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        }
    }

    /// How much memory this process has, in bytes.
    static func residentSize() throws -> Int { try memory("VmRSS:") }

    /// How much memory this process had at most, in bytes.
    static func largestResidentSize() throws -> Int { try memory("VmHWM:") }

    private static func memory(_ key: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) }.map { $0 * 1_024 } ?? 0
    }

    private static func fields(of process: pid_t) -> (state: String, parent: pid_t)? {
        // Its name, in brackets, may hold anything.
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[name...].split(separator: " ").map(String.init)
        return (fields[1], pid_t(fields[2]) ?? 0)
    }
}
