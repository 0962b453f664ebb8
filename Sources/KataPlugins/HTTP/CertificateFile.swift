import Foundation
import Kata

/// A file of certificates in PEM, as `ca_file` names it. It is kata-http that goes by it, which is only started with the
/// first job; so the daemon looks at it before.
enum CertificateFile {
    /// In bytes. The authorities of a whole system take a fifth of a megabyte.
    private static let sizeLimit = 16 << 20
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// Why it is no such file, to follow its name; `nil` if it is one.
    static func problem(_ path: String) -> String? {
        let bytes: [UInt8]
        do {
            bytes = try BoundedFile.read(path, limit: sizeLimit)
        } catch BoundedFile.Problem.cannotRead(let reason) {
            return "which can't be read (\(reason))"
        } catch BoundedFile.Problem.tooLarge {
            return "which is larger than \(sizeLimit >> 20) MiB"
        } catch {
            return "which is no regular file"
        }
        // What is between the certificates may be of any kind.
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        var count = 0
        var body: String?
        for line in lines {
            if line == begin {
                body = ""
            } else if line == end, let text = body {
                count += 1
                // A certificate is a sequence of ASN.1, which begins with this byte.
                guard Data(base64Encoded: text)?.first == 0x30 else { return "whose certificate \(count) is damaged" }
                body = nil
            } else {
                body?.append(contentsOf: line.filter { !$0.isWhitespace })
            }
        }
        if body != nil { return "whose last certificate has no end" }
        return count == 0 ? "which holds no certificate in PEM" : nil
    }
}
