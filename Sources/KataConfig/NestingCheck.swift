import Kata

/// Refuses text that opens more brackets, or indents further, than a configuration does.
///
/// The YAML parser recurses with every level, and a file of brackets alone would exhaust the stack.
enum NestingCheck {
    /// - Throws: ``ConfigurationFaults`` at the line where the limit is passed.
    static func run(_ text: String, limit: Int, path: String) throws {
        var brackets = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            // In block style a level costs at least one column, or a dash: "- - - -".
            let indentation = line.utf8.prefix {
                [UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?")].contains($0)
            }
            brackets += line.utf8.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }
            if brackets > 10 * limit || indentation.count > 10 * limit {
                throw ConfigurationFile.fault(
                    path, line: index + 1, "values are nested too deeply, expected at most \(limit) levels"
                )
            }
        }
    }
}
