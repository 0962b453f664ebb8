import Glibc
import Kata

/// Writes a message as one line to standard error, whatever it quotes: line breaks and control characters are escaped.
public func printError(_ message: String) {
    let line = Array((message.printable + "\n").utf8)
    // There is nowhere to tell if this fails.
    _ = write(STDERR_FILENO, line, line.count)
}
