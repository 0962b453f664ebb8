import Foundation
import Testing

/// How long the threads of a process were ready to run and the machine ran others instead: the part of its time that is not its
/// own doing.
enum RunDelay {
    /// - Returns: the seconds of all its threads together, as the kernel counts them.
    static func of(_ process: pid_t) throws -> Double {
        let tasks = "/proc/\(process)/task"
        let threads = try FileManager.default.contentsOfDirectory(atPath: tasks)
        return threads.reduce(0) { sum, thread in
            // A thread that has ended meanwhile has no file.
            let text = (try? String(contentsOfFile: "\(tasks)/\(thread)/schedstat", encoding: .utf8)) ?? ""
            let fields = text.split(whereSeparator: \.isWhitespace)
            return sum + (fields.count > 1 ? (Double(fields[1]) ?? 0) / 1e9 : 0)
        }
    }
}
