import Foundation
import Kata

/// A secret that is kept outside of the configuration: `{ file: PATH }`, or `{ credential: NAME }`, which is what systemd
/// gives a service with `LoadCredential=`.
enum SecretFile {
    /// In bytes.
    private static let sizeLimit = 1 << 16

    /// Reads the secret, without the line break at its end; `nil` after a fault. Faults are noted in the report. They tell
    /// neither what is in the file nor what stands in place of the map, which may be the secret itself.
    static func read(_ node: ConfigurationNode, title: String, report: ConfigurationSection.Report) -> String? {
        let expected = "expected { file: PATH } or { credential: NAME }"
        guard case .map(let entries) = node.value else {
            report.add(
                "\(title) is \(node.kind), and is to be kept outside of the configuration; \(expected)", at: node.origin
            )
            return nil
        }
        if let other = entries.first(where: { !["file", "credential"].contains($0.key) }) {
            report.add("\(title) has another key, \(expected)", at: other.keyOrigin)
            return nil
        }
        if entries.contains(where: { $0.node.scalarText?.hasPrefix(WebhookSecret.prefix) ?? false }) {
            report.add("\(title) is a key where a file's path is expected, \(expected)", at: node.origin)
            return nil
        }
        var section = ConfigurationSection(node, title: title, report: report)
        let file = section.optionalPath("file")
        let credential = section.optionalString("credential")
        section.finish()
        guard (file == nil) != (credential == nil) else {
            report.add("\(title) is kept in one place, \(expected)", at: node.origin)
            return nil
        }
        // An empty path was faulty.
        if file == "" { return nil }
        guard let path = file ?? credential.flatMap(path(ofCredential:)) else {
            report.add(
                "\(title) is the credential '\(credential ?? "")', and systemd gave this process none of that name; "
                    + "expected LoadCredential= in its unit", at: node.origin)
            return nil
        }
        guard let bytes = try? BoundedFile.read(path, limit: sizeLimit),
            let text = String(validating: bytes, as: UTF8.self)
        else {
            report.add("\(title) can't be read from '\(path)', expected a small text file", at: node.origin)
            return nil
        }
        // Byte by byte: CR and LF together are one character.
        let lineBreak = text.utf8.reversed().prefix(2)
        if lineBreak.elementsEqual([UInt8(ascii: "\n"), UInt8(ascii: "\r")]) { return String(text.dropLast()) }
        return lineBreak.first == UInt8(ascii: "\n") ? String(text.dropLast()) : text
    }

    private static func path(ofCredential name: String) -> String? {
        guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
            !name.utf8.contains(UInt8(ascii: "/"))
        else { return nil }
        let path = "\(directory)/\(name)"
        return access(path, R_OK) == 0 ? path : nil
    }
}
