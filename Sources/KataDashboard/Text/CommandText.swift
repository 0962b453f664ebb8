/// A line for a terminal.
struct CommandText: Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
