extension ExportFormat {
    /// `consumer ID | queue item`. In the item, `\` and control characters are escaped, so that it is one line.
    static func appendText(_ result: JobResult, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: result.consumerID.utf8)
        bytes.append(contentsOf: " | ".utf8)
        appendEscaped(result.shownItem, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }
}
