/// What is wrong with a command line, and where to read how it is right, as one line.
///
/// - Parameter message: what the parser of the command line says: the error, how the command is used, and which command
///   tells more.
public func usageLine(of message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.split(separator: " ").joined(separator: " ") }
    let details = ["Usage: ", "Help: ", "See '"]
    let error = lines.prefix { line in !details.contains { line.hasPrefix($0) } }.joined(separator: " ")
    // It names what was probably meant, which is more than the help tells.
    if error.hasSuffix("?") { return error }
    guard let reference = lines.last(where: { $0.hasPrefix("See '") }),
        let command = reference.split(separator: "'").dropFirst().first
    else { return error }
    return "\(error.hasSuffix(".") ? String(error.dropLast()) : error); see \(command)"
}
