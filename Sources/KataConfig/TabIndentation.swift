/// Finds a tab among the blanks at the beginning of a line. YAML allows none there, and its parser calls it a character that
/// nobody sees.
enum TabIndentation {
    /// Looks at a line, and at the one before it. Line and column are counted from 1.
    static func find(in text: String, near line: Int) -> (line: Int, column: Int)? {
        let bytes = Array(text.utf8)
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for number in [line, line - 1] where lines.indices.contains(number - 1) {
            let content = lines[number - 1]
            let indentation = content.prefix { [UInt8(ascii: " "), UInt8(ascii: "\t")].contains($0) }
            // A line of blanks indents nothing.
            if indentation.count == content.count { continue }
            if let tab = indentation.firstIndex(of: UInt8(ascii: "\t")) {
                return (number, tab - content.startIndex + 1)
            }
        }
        return nil
    }
}
