import Foundation
import Kata

/// A secret that is kept outside of the configuration: `{ file: PATH }`, or `{ credential: NAME }`, which is what systemd
/// gives a service with `LoadCredential=`.
enum SecretFile {
    /// In bytes.
    private static let sizeLimit = 1 << 16

    /// Reads the secret, without the line break at its end; `nil` after a fault. Faults are noted in the report,
    /// without what is in the file.
    static func read(_ node: ConfigurationNode, title: String, report: ConfigurationSection.Report) -> String? {
        var section = ConfigurationSection(node, title: title, report: report)
        let file = section.optionalString("file")
        let credential = section.optionalString("credential")
        section.finish()
        guard case .map = node.value else { return nil }
        guard (file == nil) != (credential == nil) else {
            report.add(
                "\(title) is kept in one place, expected { file: PATH } or { credential: NAME }", at: node.origin)
            return nil
        }
        guard let path = file ?? credential.flatMap(path(ofCredential:)) else {
            report.add(
                "\(title) is the credential '\(credential ?? "")', and systemd gave this process none of that name; "
                    + "expected LoadCredential= in its unit", at: node.origin)
            return nil
        }
        guard let data = FileManager.default.contents(atPath: path), data.count <= sizeLimit,
            let text = String(validating: data, as: UTF8.self)
        else {
            report.add("\(title) can't be read from '\(path)', expected a small text file", at: node.origin)
            return nil
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private static func path(ofCredential name: String) -> String? {
        guard let directory = ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"], !name.contains("/") else {
            return nil
        }
        let path = "\(directory)/\(name)"
        return access(path, R_OK) == 0 ? path : nil
    }
}
