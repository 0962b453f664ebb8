import Glibc
import KataCommand

/// Draws lines on a terminal and replaces them in place. Where there is no terminal, it prints the lines of each
/// drawing below the last.
struct Screen {
    private var drawnLines = 0
    private let isTerminal = isatty(STDOUT_FILENO) == 1

    /// The terminal's width in columns; 80 where there is none.
    static var width: Int {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// The terminal's height in lines; 24 where there is none.
    private static var height: Int {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        return isKnown ? Int(size.ws_row) : 24
    }

    mutating func draw(_ lines: [String]) throws {
        // What scrolled out at the top could not be replaced.
        let visible = isTerminal ? lines.prefix(Self.height - 1).map { String($0.prefix(Self.width)) } : lines
        var text = drawnLines > 0 && isTerminal ? "\u{1b}[\(drawnLines)A\r" : ""
        let eraseLine = isTerminal ? "\u{1b}[K" : ""
        for line in visible { text += line + eraseLine + "\n" }
        if isTerminal { text += "\u{1b}[J" }
        drawnLines = visible.count
        try StandardOutput.write(Array(text.utf8))
    }
}
