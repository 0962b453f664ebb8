import Glibc

/// Writes one line to standard error.
public func printError(_ message: String) {
    let line = Array((message + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}
