import Foundation
import KataAPI
import KataCommand

extension StandardOutput {
    /// Prints a document as JSON over several lines, for people and programs.
    ///
    /// - Throws: ``FileError``.
    static func printJSON(_ document: some Encodable) throws {
        try write(Array(JSON.encode(document, isPretty: true)) + [UInt8(ascii: "\n")])
    }
}
