import Foundation
import KataCommand
import KataControl

extension StandardOutput {
    /// Prints a document for people and programs.
    ///
    /// - Throws: ``FileError``.
    static func printJSON(_ document: some Encodable) throws {
        try write(Array(JSON.encode(document, isPretty: true)) + [UInt8(ascii: "\n")])
    }
}
