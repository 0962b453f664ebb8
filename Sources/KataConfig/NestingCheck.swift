import Kata

/// Refuses text that opens more brackets, or indents further, than a configuration does.
///
/// The YAML parser recurses with every level, and a file of brackets alone would exhaust the stack.
enum NestingCheck {
    /// - Parameter limit: how many brackets may be open, and how many columns a line may be indented.
    /// - Throws: ``ConfigurationFaults`` at the line where the limit is passed.
    static func run(_ text: String, limit: Int, path: String) throws {
        var brackets = 0
        for (index, line) in Array(text.utf8).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            // In block style a level costs at least one column, or a dash: "- - - -".
            let indentation = line.prefix {
                [UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?")].contains($0)
            }
            brackets += change(in: line)
            if brackets > limit || indentation.count > limit {
                throw ConfigurationFaults(
                    in: path, line: index + 1, "values are nested too deeply, expected at most \(limit) levels"
                )
            }
        }
    }

    /// How many more brackets a line opens than it closes, leaving out its comment. Brackets in quotes count as well,
    /// which does not matter: a configuration is far from the limit.
    private static func change(in line: ArraySlice<UInt8>) -> Int {
        var change = 0
        var previous = UInt8(ascii: " ")
        for byte in line {
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "{"): change += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): change -= 1
            case UInt8(ascii: "#") where previous == UInt8(ascii: " "): return change
            default: break
            }
            previous = byte
        }
        return change
    }
}
