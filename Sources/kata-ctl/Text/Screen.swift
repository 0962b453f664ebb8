import Glibc
import Kata
import KataCommand

/// Draws lines on a terminal and replaces them in place. Where there is no terminal, it prints the lines of each
/// drawing below the last.
struct Screen {
    /// How large a terminal is, in columns and lines.
    struct Size: Equatable {
        let columns: Int
        let lines: Int

        /// That of standard output; `nil` if it is no terminal, or does not say.
        static var ofStandardOutput: Size? {
            var size = winsize()
            guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
                return nil
            }
            return Size(columns: Int(size.ws_col), lines: size.ws_row > 0 ? Int(size.ws_row) : 24)
        }
    }

    private var drawnLines = 0
    private var drawnSize: Size?

    /// The terminal's width in columns; `nil` where there is no terminal, and nothing is to be cut.
    static var width: Int? { Size.ofStandardOutput?.columns }

    /// Whether the terminal has another size than when the last lines were drawn.
    var isResized: Bool { drawnSize != nil && Size.ofStandardOutput != drawnSize }

    mutating func draw(_ lines: [String]) throws {
        guard let size = Size.ofStandardOutput else {
            return try StandardOutput.printLine(lines.joined(separator: "\n"))
        }
        try StandardOutput.write(Array(drawing(of: lines, on: size).utf8))
    }

    /// What replaces the last drawing by these lines on a terminal of that size.
    mutating func drawing(of lines: [String], on size: Size) -> String {
        let visible = Self.fitting(lines, on: size)
        var text = ""
        if let drawnSize, drawnSize != size {
            // A terminal that is resized may break the lines anew, so that nobody knows where the drawing began.
            text = "\u{1b}[H\u{1b}[2J"
        } else if drawnLines > 0 {
            text = "\u{1b}[\(drawnLines)A\r"
        }
        for line in visible { text += line + "\u{1b}[K\n" }
        drawnLines = visible.count
        drawnSize = size
        return text + "\u{1b}[J"
    }

    /// The lines that fit: what scrolled out at the top could not be replaced.
    private static func fitting(_ lines: [String], on size: Size) -> [String] {
        let room = max(1, size.lines - 1)
        var visible = lines
        if lines.count > room {
            visible = lines.prefix(room - 1) + ["… \(counted(lines.count - room + 1, "more line"))"]
        }
        return visible.map { $0.cut(toColumns: size.columns) }
    }
}
