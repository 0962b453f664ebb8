import Foundation

/// How much memory this process has, in bytes.
func residentSize() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return (line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) } ?? 0) * 1_024
}
